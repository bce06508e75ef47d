package io.rwkvtts.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a file is that was given in the place of a checkpoint, a vocabulary or a voice, told by its
 * first bytes: a download that went wrong, or the right thing in another format.
 *
 * @param what the kind, to follow "is"
 * @param remedy what to do whatever the file was given for; empty if that depends on it
 */
public record FileKind(String what, Optional<String> remedy) {

    /** Bytes at the beginning of a file, which show its kind. */
    public static final int HEAD_BYTES = 512;

    private static final int EXCERPT = 60;

    private static final String FETCH_AGAIN = "The download may have failed: fetch the file again";
    private static final String UNPACK = "Unpack it, and give the file that is in it";

    private static final byte[] BYTE_ORDER_MARK = bytes("EF BB BF");

    /** Text that some readers take and others do not. */
    public static final FileKind UTF_16 = kind("text in UTF-16", "Save it as UTF-8");

    /** What a decoder is, and a part of a model directory. */
    public static final FileKind ONNX =
            kind("an ONNX graph", "Give the model directory that holds it and model.json");

    private record Magic(int offset, byte[] bytes, FileKind kind) {}

    private static final List<Magic> MAGICS =
            List.of(
                    magic("50 4B 03 04", "a zip archive, as PyTorch's .pth and .pt files are"),
                    magic("47 47 55 46", "a GGUF model, the format of llama.cpp"),
                    magic("6C 6D 67 67", "a ggml model"),
                    magic("66 6D 67 67", "a ggml model, the format of rwkv.cpp"),
                    magic("74 6A 67 67", "a ggml model"),
                    magic("93 4E 55 4D 50 59", "a NumPy array"),
                    magic("89 48 44 46", "an HDF5 file"),
                    magic("1F 8B", "a gzip file", UNPACK),
                    magic("28 B5 2F FD", "a zstd file", UNPACK),
                    magic("FD 37 7A 58 5A 00", "an xz file", UNPACK),
                    magic("42 5A 68", "a bzip2 file", UNPACK),
                    magic("37 7A BC AF 27 1C", "a 7-Zip archive", UNPACK),
                    new Magic(257, bytes("75 73 74 61 72"), kind("a tar archive", UNPACK)),
                    magic("52 49 46 46", "a sound file (RIFF, WAV)"),
                    magic("49 44 33", "a sound file (MP3)"),
                    magic("4F 67 67 53", "a sound file (Ogg)"),
                    magic("66 4C 61 43", "a sound file (FLAC)"),
                    magic("25 50 44 46", "a PDF document"),
                    new Magic(0, bytes("FF FE"), UTF_16),
                    new Magic(0, bytes("FE FF"), UTF_16));

    /**
     * The kind of a file.
     *
     * @param head its first {@link #HEAD_BYTES} bytes, or fewer if it has fewer
     * @return empty for text of no special kind, and for what is not known
     */
    public static Optional<FileKind> of(byte[] head) {
        if (head.length == 0) {
            return Optional.of(kind("empty (0 bytes)", FETCH_AGAIN));
        }
        for (Magic magic : MAGICS) {
            if (startsWith(head, magic.offset(), magic.bytes())) {
                return Optional.of(magic.kind());
            }
        }
        if (isPickle(head)) {
            return Optional.of(kind("a Python pickle, as older .pth and .pt files are"));
        }
        if (isSafetensors(head)) {
            return Optional.of(kind("a safetensors file, which holds weights"));
        }
        if (isOnnx(head)) {
            return Optional.of(ONNX);
        }
        return ofMarkup(text(head).stripLeading());
    }

    /**
     * The kind of a file.
     *
     * @throws IOException if it cannot be read
     */
    public static Optional<FileKind> of(Path file) throws IOException {
        return of(head(file));
    }

    /** The first {@link #HEAD_BYTES} bytes of a file. */
    public static byte[] head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(HEAD_BYTES);
        }
    }

    /**
     * The text that a file begins with, for where text is out of place, such as the error message
     * of a server.
     *
     * @return empty if it is none
     */
    public static Optional<FileKind> ofText(byte[] head) {
        String text = text(head).strip();
        boolean readable =
                text.codePoints().noneMatch(c -> c < ' ' && !Character.isWhitespace(c))
                        && text.codePoints().filter(c -> c == 0xfffd).count() <= 1;
        if (text.isEmpty() || !readable) {
            return Optional.empty();
        }
        String beginning = text.length() <= EXCERPT ? text : text.substring(0, EXCERPT) + "…";
        return Optional.of(
                kind(
                        "text that begins with %s".formatted(beginning.replaceAll("\\s+", " ")),
                        FETCH_AGAIN));
    }

    private static Optional<FileKind> ofMarkup(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.startsWith("version https://git-lfs.github.com/spec/")
                || lower.startsWith("version http://git-media.io/")) {
            return Optional.of(
                    kind(
                            "a Git LFS pointer, which only names the file",
                            "Fetch the file itself: git lfs install, then git lfs pull"));
        }
        if (lower.startsWith("<!doctype")
                || lower.startsWith("<html")
                || lower.startsWith("<?xml")
                || lower.startsWith("<head")) {
            return Optional.of(
                    kind(
                            "a web page (HTML or XML)",
                            "Download the file itself, not the page about it; on Hugging Face its"
                                    + " address has /resolve/ in the place of /blob/"));
        }
        return Optional.empty();
    }

    /** Protocols 2 to 5; those before are text and long out of use. */
    private static boolean isPickle(byte[] head) {
        return head.length > 2 && (head[0] & 0xff) == 0x80 && head[1] >= 2 && head[1] <= 5;
    }

    /** Eight bytes with the length of the header, which is JSON; none is of 2^32 bytes. */
    private static boolean isSafetensors(byte[] head) {
        return startsWith(head, 4, new byte[4]) && head.length > 8 && head[8] == '{';
    }

    /** The version of the format, then the name of the program that wrote it. */
    private static boolean isOnnx(byte[] head) {
        return head.length > 3 && head[0] == 0x08 && head[1] > 0 && head[1] < 32 && head[2] == 0x12;
    }

    private static boolean startsWith(byte[] head, int offset, byte[] bytes) {
        return head.length >= offset + bytes.length
                && Arrays.equals(head, offset, offset + bytes.length, bytes, 0, bytes.length);
    }

    private static String text(byte[] head) {
        int start = startsWith(head, 0, BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
        return new String(head, start, head.length - start, UTF_8);
    }

    private static Magic magic(String hex, String what) {
        return new Magic(0, bytes(hex), kind(what));
    }

    private static Magic magic(String hex, String what, String remedy) {
        return new Magic(0, bytes(hex), kind(what, remedy));
    }

    private static FileKind kind(String what) {
        return new FileKind(what, Optional.empty());
    }

    private static FileKind kind(String what, String remedy) {
        return new FileKind(what, Optional.of(remedy));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.ofDelimiter(" ").parseHex(hex);
    }
}
