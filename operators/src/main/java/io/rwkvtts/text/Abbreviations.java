package io.rwkvtts.text;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Words after which a dot ends no sentence, in the languages that the models were trained on and
 * their neighbours. All are in lower case, without the last dot. Words that also stand at the end
 * of a sentence in another language are left out, as are those with a dot inside.
 */
final class Abbreviations {

    private static final Set<String> KNOWN =
            words(
                    // English
                    "mr mrs ms mx dr prof sr jr st mt rev hon gen col capt lt sgt cmdr gov sen"
                            + " rep pres mme mlle vs etc al cf ca approx dept univ est inc ltd co"
                            + " corp bros fig vol ed eds pp nos ave blvd rd jan feb apr aug sept"
                            + " oct nov dec esp incl misc mfg messrs assn govt intl",
                    // German
                    "bzw usw evtl ggf inkl exkl zzgl vgl hr fr dipl ing geb gest verh jh jhd mio"
                            + " mrd tel sog str bd bsp bspw ehem eigtl einschl entspr ff lfd"
                            + " nr ev kath röm südl nördl östl westl urspr versch insb zit bzgl"
                            + " hrsg ggü okt dez",
                    // French
                    "mm mmes mlles mgr pr env av boul chap éd janv févr avr juil" + " tél",
                    // Spanish and Portuguese
                    "sra sras srta srtas dra dña ud uds vd vds núm pág págs excmo ilmo aprox"
                            + " ej prov izq dcha exmo gral cía arq depto ltda profa",
                    // Italian
                    "sig sigg dott dottssa ecc avv geom pag pagg",
                    // Dutch, Polish, Czech, Scandinavian
                    "dhr mevr mw drs bijv enz nl blz resp np itd itp tzn ul inż tj"
                            + " św ks tzw płk zob např tzv atd apod sv judr mudr phdr rndr osv dvs"
                            + " jfr",
                    // Russian and Ukrainian
                    "ул др гг руб коп стр рис тыс млн млрд проф акад гр напр см ср обл пл пр просп"
                            + " вул ст буд св оз пос долл",
                    // Hindi
                    "डॉ प्रो");

    /** Those after which it only continues with a number. Any word of three letters is one. */
    private static final Set<String> NUMBERED =
            words(
                    "sect chap figs para pars page lines item kapitel abschn absatz ziff anm abt tomo"
                            + " godz rozdz табл корп разд");

    /** What comes before an ordinal in German, where it is written as a number with a dot. */
    private static final Set<String> BEFORE_ORDINALS =
            words(
                    "der die das dem den des am im vom zum zur beim ins ab bis seit jeder jede"
                            + " jedes jeden jedem");

    private static final Set<String> MONTHS =
            words(
                    "januar jänner februar feber märz april mai juni juli august september oktober"
                            + " november dezember january february march may june july october"
                            + " december");

    private Abbreviations() {}

    private static Set<String> words(String... lines) {
        return Arrays.stream(lines)
                .flatMap(line -> Arrays.stream(line.split(" ")))
                .collect(Collectors.toUnmodifiableSet());
    }

    static boolean known(String word) {
        // German names of streets are one word: Hauptstr.
        return KNOWN.contains(word) || word.length() > 5 && word.endsWith("str");
    }

    static boolean numbered(String word) {
        return NUMBERED.contains(word);
    }

    static boolean announcesOrdinal(String word) {
        return BEFORE_ORDINALS.contains(word);
    }

    static boolean month(String word) {
        return MONTHS.contains(word);
    }

    static boolean beginsMonth(String word) {
        return MONTHS.stream().anyMatch(month -> month.startsWith(word));
    }
}
