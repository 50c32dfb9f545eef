/**
 * What an agent says of itself.
 *
 * <p>Starting points: {@link dev.hawser.agent.status.DiagnosisTest}.
 */
@NullMarked
package dev.hawser.agent.status;

import org.jspecify.annotations.NullMarked;
