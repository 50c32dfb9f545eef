/**
 * Follows the path of a call from a program of this machine to a service, layer by layer.
 *
 * <p>Starting points: {@link dev.hawser.agent.doctor.Examination} gathers facts, {@link
 * dev.hawser.agent.doctor.Judgement} says what they mean.
 */
@NullMarked
package dev.hawser.agent.doctor;

import org.jspecify.annotations.NullMarked;
