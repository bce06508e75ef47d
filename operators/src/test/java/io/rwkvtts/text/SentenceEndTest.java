package io.rwkvtts.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which marks end a sentence, in the scripts and habits of writing that texts come in. */
class SentenceEndTest {

    /** Cuts at every sentence end, so that a test needs no long sentences. */
    private final Segmenter eager = new Segmenter(0, Segmenter.DEFAULT_MAX_UNITS);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "We need 20 ft. of cable",
                "See Sec. 4 of the law",
                "Look at p. 12 and No. 5",
                "I am not sure... maybe later",
                "sure… maybe later",
                "\"Is he here?\" she asked",
                "“Is he here?” she asked",
                "“Stop!” (he was angry) and left",
                "He left. (so did I.)",
                "wait . . . for it",
                "See pp. 3; 5; and π; it is so",
                "Add salt, pepper, etc. , and stir",
                "—¿Qué? —preguntó ella",
                "„Wirklich?“, fragte sie",
                "„Wirklich?“ fragte sie",
                "\"Yahoo!\" is a name",
                "Visit www.example.com or write to a.b@example.co.uk now",
                "Version 2.0.1 came at 3.30 in the afternoon",
                "It is 1.000,50 € or 1,000.50 $",
            })
    void testASentenceContinuesInLowerCaseOrWithItsNumber(String text) {
        assertThat(eager.split(text)).containsExactly(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Wir treffen uns am 3. Oktober in Bonn",
                "Geboren am 3. 10. 1990 in Bonn",
                "Der 2. Weltkrieg und das 19. Jahrhundert",
                "Sie kam im 3. Jahr",
                "1. First point",
                "II. Zweiter Teil",
                "１．はじめに",
                "1.はじめに",
                "Mr.王来了",
                "３．１４です",
                "Am 24. Dezember",
            })
    void testTheDotOfAnOrdinalOrAListNumberEndsNothing(String text) {
        assertThat(eager.split(text)).containsExactly(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "It ended in 1990. The rest is known | It ended in 1990. / The rest is known",
                "He is 20. She is 21 | He is 20. / She is 21",
                "I am 20. She is 21 | I am 20. / She is 21",
                "It was cold. 20 people came | It was cold. / 20 people came",
                "Really? 20 people | Really? / 20 people",
                "Sure... Maybe later | Sure... / Maybe later",
                "“Is he here?” She asked | “Is he here?” / She asked",
                "Go! “Now,” he said | Go! / “Now,” he said",
                "Great! 😊 Thanks | Great! / 😊 Thanks",
                "No. Yes. | No. / Yes.",
                "See example.com/a.b?c=d. Thanks | See example.com/a.b?c=d. / Thanks",
                "Run ./a.sh. Is it so | Run ./a.sh. / Is it so",
                "Get it at example.org. iOS too | Get it at example.org. / iOS too",
                "He said “go.” iPhone | He said “go.” / iPhone",
            })
    void testOtherwiseTheNextSentenceBegins(String text, String segments) {
        assertThat(eager.split(text)).containsExactly(segments.split(" / "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Das ist z. B. Wasser bzw. Eis usw. und Hr. Schmidt, geb. Meier, vgl. Bd. Zwei",
                "Herr Dr. Müller wohnt in der Hauptstr. Nord",
                "Mme. Curie et M. Dupont, av. Foch, cf. Paris",
                "El Sr. López y la Sra. García, pág. Dos, EE.UU. Hoy",
                "Il sig. Rossi, ecc. Poi",
                "Живёт на ул. Мира, т.е. Москва, и др. Там",
                "Dhr. Jansen, enz. Ook",
                "Vive en EE. UU. Hoy",
                "डॉ. शर्मा को रु. 500 दीजिए",
                "J.-C. Hallyday, «A. B. C.» et D",
                "prof. Kowalski, np. Anna, itd. Potem",
                "Kościół św. Jana, ks. Nowak, o godz. 10 i w rozdz. 3",
                "Církev sv. Václava, JUDr. Novák a MUDr. Malá",
                "Церковь св. Николая, корп. 2, табл. 5, оз. Байкал, 5 долл. США",
                "El gral. Prim, Cía. López, la profa. Ana, Silva Ltda. São Paulo",
                "Das gilt bzgl. Meier, hrsg. Schmidt, Ende Okt. Abends",
                "Mr. Smith vs. Mrs. Jones, Capt. Kirk, approx. Two",
            })
    void testAbbreviationsOfTheLanguagesEndNothing(String text) {
        assertThat(eager.split(text)).containsExactly(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "मैं घर जा रहा हूँ। तुम कहाँ हो। | मैं घर जा रहा हूँ। / तुम कहाँ हो।",
                "यह है॥ वह है | यह है॥ / वह है",
                "هل أنت هنا؟ نعم أنا هنا | هل أنت هنا؟ / نعم أنا هنا",
                "یہ کتاب ہے۔ وہ قلم ہے۔ | یہ کتاب ہے۔ / وہ قلم ہے۔",
                "終わりです．次です | 終わりです． / 次です",
                "ሰላም ነው። እንዴት ነህ | ሰላም ነው። / እንዴት ነህ",
                "នេះជាផ្ទះ។ នោះជាសាលា | នេះជាផ្ទះ។ / នោះជាសាលា",
                "ဒါက အိမ်။ ဟိုက ကျောင်း | ဒါက အိမ်။ / ဟိုက ကျောင်း",
                "မင်္ဂလာပါ၊ နေကောင်းလား။ ကောင်းပါတယ် | မင်္ဂလာပါ၊ နေကောင်းလား။ / ကောင်းပါတယ်",
                "Սա տուն է։ Դա դպրոց է | Սա տուն է։ / Դա դպրոց է",
                "Τι κάνεις; Καλά | Τι κάνεις; / Καλά",
                "Πήρες το email; Ναι | Πήρες το email; / Ναι",
                "«Θα έρθεις στις 5;» Ναι | «Θα έρθεις στις 5;» / Ναι",
                "བཀྲ་ཤིས། བདེ་ལེགས། | བཀྲ་ཤིས། / བདེ་ལེགས།",
                "真的？我不信！好。 | 真的？ / 我不信！ / 好。",
                "한국어입니다. 좋아요! 네 | 한국어입니다. / 좋아요! / 네",
                "გამარჯობა. როგორ ხარ? კარგად | გამარჯობა. / როგორ ხარ? / კარგად",
            })
    void testSentencesEndInEveryScript(String text, String segments) {
        assertThat(eager.split(text)).containsExactly(segments.split(" / "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "**I see you.** Please come | **I see you.** / Please come",
                "_I see you._ Please come | _I see you._ / Please come",
                "`I see.` Please come | `I see.` / Please come",
                "Er sagte: „Gut.“ Dann ging er | Er sagte: „Gut.“ / Dann ging er",
                "»Gut.« Dann ging er | »Gut.« / Dann ging er",
                "« Bien. » Puis il part | « Bien. » / Puis il part",
                "‚Gut.‘ Dann ging er | ‚Gut.‘ / Dann ging er",
                "(“Yes.”) Then he went | (“Yes.”) / Then he went",
                "It is so.[1] The next | It is so.[1] / The next",
                "It is so.¹ The next | It is so.¹ / The next",
                "“好。”“不好。”他走了 | “好。” / “不好。” / 他走了",
                "「はい。」「いいえ。」と | 「はい。」 / 「いいえ。」と",
                "\"네.\"라고 했다. 그는 갔다 | \"네.\"라고 했다. / 그는 갔다",
                "“네!”하고 갔다. “네.” 또 | “네!”하고 갔다. / “네.” / 또",
                "終わり。ところで | 終わり。 / ところで",
                "「行く！」って。次 | 「行く！」って。 / 次",
                "他说：“走吧！”。好的 | 他说：“走吧！”。 / 好的",
                "<b>I see you.</b> Please come | <b>I see you.</b> / Please come",
                "Fine. »Gut« sagte er | Fine. / »Gut« sagte er",
            })
    void testMarkupAndClosingMarksBelongToTheSentence(String text, String segments) {
        assertThat(eager.split(text)).containsExactly(segments.split(" / "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "This is a sentence which\nthe mail program wrapped\nover three lines",
                "This is a sentence which\r\nthe mail program wrapped\r\nover three lines",
            })
    void testASingleLineBreakBeforeALowerCaseLetterIsABlank(String text) {
        assertThat(eager.split(text))
                .containsExactly(
                        "This is a sentence which the mail program wrapped over three lines");
    }

    @Test
    void testTheNextItemOfAListIsANewSentence() {
        assertThat(eager.split("1. Foo.\n2. Bar.\n- and so on.\n- last"))
                .containsExactly("1. Foo.", "2. Bar.", "- and so on.", "- last");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n\n", "\r\n\r\n", "\n \n", "\u2029", "\f"})
    void testAParagraphEndsASentenceWhateverFollows(String paragraph) {
        assertThat(eager.split("the end" + paragraph + "the beginning"))
                .isEqualTo(List.of("the end", "the beginning"));
    }
}
