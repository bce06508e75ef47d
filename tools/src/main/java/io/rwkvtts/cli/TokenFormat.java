package io.rwkvtts.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.schema.AudioTokens;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** How a record of the token topic is printed. */
enum TokenFormat {
    /** For people: where it is in the audio, how much, how late. */
    TEXT {
        @Override
        String line(ReceivedTokens received) {
            AudioTokens tokens = received.tokens();
            StringBuilder line = new StringBuilder();
            line.append(printable(tokens.getRequestId())).append(" #").append(tokens.getSequence());
            line.append(seconds(" at %.2f s: ", tokens.getTokenOffset()));
            if (received.end()) {
                line.append(printable(tokens.getFinishReason()));
                if (tokens.getError() != null) {
                    line.append(" (").append(printable(tokens.getError())).append(')');
                }
            } else {
                line.append(tokens.getTokens().size()).append(" tokens of segment ");
                line.append(tokens.getSegment());
            }
            if (received.requestTimestampMs() >= 0 && received.emittedAtMs() >= 0) {
                line.append(", ");
                line.append(received.emittedAtMs() - received.requestTimestampMs());
                line.append(" ms after the request");
            }
            if (received.gap()) {
                line.append(", ")
                        .append(received.missing())
                        .append(" records before it never came");
            }
            return line.toString();
        }
    },
    /** For programs: all fields under their names in the schema, and the timings. */
    JSON {
        @Override
        String line(ReceivedTokens received) {
            AudioTokens tokens = received.tokens();
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("requestId", tokens.getRequestId());
            fields.put("sequence", tokens.getSequence());
            fields.put("segment", tokens.getSegment());
            fields.put("tokenOffset", tokens.getTokenOffset());
            fields.put("tokens", tokens.getTokens());
            fields.put("globalTokens", tokens.getGlobalTokens());
            fields.put("modelId", tokens.getModelId());
            fields.put("finishReason", tokens.getFinishReason());
            fields.put("error", tokens.getError());
            fields.put("gap", received.gap());
            fields.put("missing", received.missing());
            fields.put("requestTimestampMs", received.requestTimestampMs());
            fields.put("emittedAtMs", received.emittedAtMs());
            try {
                return MAPPER.writeValueAsString(fields);
            } catch (JsonProcessingException e) {
                throw new AssertionError("numbers and strings can be written", e);
            }
        }
    };

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** One line without its end. */
    abstract String line(ReceivedTokens received);

    private static String seconds(String format, long tokens) {
        return String.format(Locale.ROOT, format, tokens / GenerationLimits.TOKENS_PER_SECOND);
    }

    /** Control characters in a foreign text could steer the terminal. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "\ufffd");
    }
}
