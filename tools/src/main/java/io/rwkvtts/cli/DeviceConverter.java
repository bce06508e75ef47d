package io.rwkvtts.cli;

import io.rwkvtts.engine.device.Device;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What an engine computes on, as {@code tts.device} has it. */
final class DeviceConverter implements ITypeConverter<Device> {

    @Override
    public Device convert(String value) {
        return Arrays.stream(Device.values())
                .filter(device -> device.name().toLowerCase(Locale.ROOT).equals(value))
                .findFirst()
                .orElseThrow(
                        () ->
                                new TypeConversionException(
                                        "'%s' is no device: expected auto, cpu or cuda"
                                                .formatted(value)));
    }
}
