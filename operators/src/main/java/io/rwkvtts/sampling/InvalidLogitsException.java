package io.rwkvtts.sampling;

/** Logits from which no token can be drawn: the model, not the request, is broken. */
public class InvalidLogitsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public InvalidLogitsException(String message) {
        super(message);
    }
}
