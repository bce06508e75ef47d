package io.rwkvtts.job;

import io.rwkvtts.model.Quantization;
import java.util.Iterator;

/** What can be given as a quantisation, for help texts of the command line. */
public final class QuantizationHelp implements Iterable<String> {

    @Override
    public Iterator<String> iterator() {
        return Quantization.described().iterator();
    }
}
