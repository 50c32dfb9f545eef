/**
 * What the doctor makes of facts.
 *
 * <p>Starting points: {@link dev.hawser.agent.doctor.JudgementTest}.
 */
@NullMarked
package dev.hawser.agent.doctor;

import org.jspecify.annotations.NullMarked;
