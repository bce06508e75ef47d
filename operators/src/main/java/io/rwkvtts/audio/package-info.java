/**
 * Semantic tokens to sound: {@link io.rwkvtts.audio.AudioDecoder} is the contract of a decoder,
 * {@link io.rwkvtts.audio.OnnxAudioDecoder} the one for BiCodec's detokenizer, {@link
 * io.rwkvtts.audio.SegmentAudio} decodes a segment while it is generated, by a {@link
 * io.rwkvtts.audio.WindowPlan} that depends on the tokens alone. {@link io.rwkvtts.audio.Pcm16} and
 * {@link io.rwkvtts.audio.WavFile} are what comes out.
 */
package io.rwkvtts.audio;
