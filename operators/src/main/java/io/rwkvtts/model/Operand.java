package io.rwkvtts.model;

/**
 * A value [M, K] in the form in which a {@link MatrixFormat} multiplies with it, made once for all
 * matrices it meets.
 *
 * @param values floats; or bytes q that stand for (q − zero) · scale of their row
 * @param scales the scales of bytes, [M]; null for floats
 * @param zero the byte that stands for 0; null for 0 itself and for floats
 */
record Operand(String values, String scales, String zero) {

    static Operand floats(String values) {
        return new Operand(values, null, null);
    }
}
