package io.rwkvtts.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** What people give in the place of a checkpoint, a vocabulary or a voice, and what it is. */
public final class ForeignFiles {

    private ForeignFiles() {}

    /** Content of a file, what a message has to call it, and what it has to advise. */
    public static Stream<Arguments> all() {
        return Stream.of(
                Arguments.of(new byte[0], "empty", "fetch the file again"),
                text(
                        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935\n"
                                + "size 12345\n",
                        "Git LFS pointer",
                        "git lfs pull"),
                text("<!DOCTYPE html><html><title>Sign in</title>", "web page", "/resolve/"),
                text("\ufeff\n <html lang=en>", "web page", "/resolve/"),
                text("<?xml version='1.0'?><Error><Code>AccessDenied", "web page", "itself"),
                hex("504B0304 0A000000 00006269 72740000", "zip archive", ".pth"),
                hex("80028A0A 6CFC9C46 F9206AA8 50192E80", "pickle", ".pth"),
                hex("47475546 03000000 23010000 00000000", "GGUF", "llama.cpp"),
                hex("666D6767 65000000", "ggml", "rwkv.cpp"),
                hex("1F8B0800 00000000 0003AB56", "gzip", "Unpack it"),
                hex("28B52FFD 2458", "zstd", "Unpack it"),
                hex("08071207 7079746F 7263681A", "ONNX graph", "model directory"),
                hex("52494646 24000080 57415645", "sound file", "WAV"),
                hex("FFFE3100 20002700", "UTF-16", "Save it as UTF-8"));
    }

    private static Arguments text(String content, String what, String advice) {
        return Arguments.of(content.getBytes(UTF_8), what, advice);
    }

    private static Arguments hex(String content, String what, String advice) {
        return Arguments.of(HexFormat.of().parseHex(content.replace(" ", "")), what, advice);
    }
}
