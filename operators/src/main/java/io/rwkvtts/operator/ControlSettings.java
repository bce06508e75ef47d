package io.rwkvtts.operator;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * Of a job whose options may change while it runs.
 *
 * @param log where the changes come from
 * @param switchable what they change
 */
public record ControlSettings(ControlLog.Opener log, SwitchableSettings switchable)
        implements Serializable {

    public ControlSettings {
        requireNonNull(log, "log");
        requireNonNull(switchable, "switchable");
    }
}
