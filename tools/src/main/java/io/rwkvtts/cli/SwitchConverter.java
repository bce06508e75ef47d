package io.rwkvtts.cli;

import io.rwkvtts.bench.load.Switch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A switch as {@code KEY=OFF,ON}. */
final class SwitchConverter implements ITypeConverter<Switch> {

    private static final Pattern FORM = Pattern.compile("([^=,]+)=([^,]+),([^,]+)");

    @Override
    public Switch convert(String value) {
        Matcher form = FORM.matcher(value);
        if (!form.matches()) {
            throw new TypeConversionException(
                    "'%s' is not KEY=OFF,ON, such as tts.prefix-cache.size=0,64mb"
                            .formatted(value));
        }
        return Switch.option(form.group(1), form.group(1), form.group(2), form.group(3));
    }
}
