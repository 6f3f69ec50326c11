namespace CaptionTL.Text;

/// <summary>
/// The pieces that <see cref="PennTreebankRules"/> is put together from, as .NET regular expressions.
/// Letter ranges are case-sensitive on purpose; words that are meant in any case stand in <c>(?i:…)</c>.
/// </summary>
internal static class PennTreebankGrammar
{
    public const string Space = @"[ \t\u00A0\u2000-\u200A\u3000]";
    public const string Blank = @"[\s\u0085\u2028\u2029]";

    /// <summary>A letter of any script, a combining mark, a soft hyphen, or an accented vowel written as an SGML entity.</summary>
    public const string Letter = @"(?:[\p{L}\p{Mn}\p{Mc}\u00AD]|&[aeiouAEIOU](?i:acute|grave|uml);)";
    public const string LetterOrDigit = @"(?:[\p{L}\p{Mn}\p{Mc}\p{Nd}\u00AD]|&[aeiouAEIOU](?i:acute|grave|uml);)";

    /// <summary>
    /// A run of letters and digits that begins with a letter; a full stop between letters belongs to it ("e.g", "wikipedia.org").
    /// </summary>
    public const string Word = Letter + LetterOrDigit + "*(?:[.!?]" + Letter + LetterOrDigit + "*)*";

    /// <summary>Apostrophes as they are typed.</summary>
    public const string Apostrophe = @"(?:['\u0092\u2019]|(?i:&apos;))";

    /// <summary>Those, and the marks that people type instead of one.</summary>
    public const string ApostropheLike = @"(?:['\u0092\u2019`\u0091\u2018\u201B]|(?i:&apos;))";

    /// <summary>'s 'm 'd 're 've 'll.</summary>
    public const string Clitic = Apostrophe + "(?:[msdMSD]|(?i:re|ve|ll))";

    /// <summary>n't.</summary>
    public const string Negation = "(?i:n)" + ApostropheLike + "(?i:t)";

    /// <summary>The word that a negation hangs on: it does not end in n ("do" + "n't", "ca" + "n't").</summary>
    public const string NegatedWord = @"[A-Za-z\u00AD]*[A-MO-Za-mo-z]\u00AD*";

    /// <summary>Digits with separators inside: 5:30, 1,200, .5, -3.</summary>
    public const string Number = @"[-+]?(?:\p{Nd}*(?:[.:,\u00AD\u066B\u066C]\p{Nd}+)+|\p{Nd}+)";

    public const string Date = @"\p{Nd}{1,2}[-/]\p{Nd}{1,2}[-/]\p{Nd}{2,4}";

    /// <summary>1/2, and 3 1/2 in one piece.</summary>
    public const string Fraction = @"(?:\p{Nd}{1,4}[- \u00A0])?\p{Nd}{1,4}(?:\\?/|\u2044)\p{Nd}{1,4}";

    public const string Phone =
        @"(?:(?:\([0-9]{2,3}\)[ \u00A0]?|(?:\+\+?)?(?:[0-9]{2,4}[- \u00A0])?[0-9]{2,4}[- \u00A0])[0-9]{3,4}[- \u00A0]?[0-9]{3,5}" +
        @"|(?:(?:\+\+?)?[0-9]{2,4}\.)?[0-9]{2,4}\.[0-9]{3,4}\.[0-9]{3,5})";

    /// <summary>Letters with full stops between, the last one not included: U.S, p.m, or one letter alone.</summary>
    public const string Acronym = @"[A-Za-z](?:\.[A-Za-z])*";

    /// <summary>Compounds that begin with a plain letter or digit: t-shirt, 3-year-old, mid-U.S.</summary>
    public const string HyphenatedAscii = @"[A-Za-z0-9][A-Za-z0-9.,\u00AD]*(?:-(?:[A-Za-z](?:\.[A-Za-z])+\.|[A-Za-z0-9\u00AD]+))+";

    /// <summary>Compounds of any script, also with an elided article inside (tug-o'war, l'hôtel).</summary>
    public const string Hyphenated =
        "(?:[dDoOlL]" + ApostropheLike + @"[\p{L}\p{Nd}])?[\p{L}\p{Nd}]+" +
        @"(?:[-_\u058A\u2010\u2011](?:[dDoOlL]" + ApostropheLike + @"[\p{L}\p{Nd}])?[\p{L}\p{Nd}]+)*";

    /// <summary>Alternatives with a slash: black/white, on/off-road.</summary>
    public const string Slashed = @"[A-Za-z0-9]+(?:-[A-Za-z]+){0,2}(?:\\?/[A-Za-z0-9]+(?:-[A-Za-z]+){0,2}){1,2}";

    public const string Tag =
        @"<(?:[!?][A-Za-z-][^>\r\n]{0,1000}" +
        @"|[A-Za-z][A-Za-z0-9_:.-]*(?:[ ]+[A-Za-z][A-Za-z0-9_:.-]*(?:[ ]*=[ ]*(?:'[^']{0,1000}'|""[^""]{0,1000}""))?)*[ ]*/?" +
        @"|/[A-Za-z][A-Za-z0-9_:.-]*)[ ]*>";

    // The lengths are bounded so that a caption of a million odd characters is still read in linear time.
    public const string Url = @"(?i:https?)://[^\s""<>|(){}]{1,1000}[^\s""<>|.!?(){},-]";
    public const string BareUrl =
        @"(?:(?i:www)\.(?:[^\s""<>|.!?(){},]{1,100}\.){1,20}[a-zA-Z]{2,4}" +
        @"|(?:[^\s""`'<>|.!?(){},-_$]{1,100}\.){1,20}(?i:com|net|org|edu))(?:/[^\s""<>|()]{1,1000}[^\s""<>|.!?(){},-])?";
    public const string Email =
        @"(?:(?i:&lt;)|<)?[a-zA-Z0-9][^\s""<>|(){}]{0,100}@(?:[^\s""<>|(){}.]{1,100}\.){0,20}[^\s""<>|(){}.]{1,100}(?:(?i:&gt;)|>)?";

    public const string FileName =
        LetterOrDigit + @"{1,100}(?:\." + LetterOrDigit
            + @"{1,100}){0,20}\.(?i:bat|bmp|class|cgi|cpp|c|dll|docx|doc|exe|gif|gz|html|htm|h|java|jar|jpeg|jpg|mov|mp3|pdf" +
            @"|php|pl|png|ppt|ps|py|sql|tar|txt|wav|xml|x|zip)";

    public const string Smiley = @"[<>]?[:;=][-o*']?[()DPdpO\\{@|\[\]]";
    public const string EasternSmiley = @"(?:[-^x=~<>']_[-^x=~<>']|\([-^x=~<>'][_.]?[-^x=~<>']\)|\([\^x=~<>']-[\^x=~<>'`]\))";

    public const string Symbol =
        @"[+%&~^|\\\u00A6-\u00A9\u00AC\u00AE-\u00BA\u00D7\u00F7\u2016\u2017\u2020-\u2023\u2030-\u2038\u203B\u203E-\u2042\u2044" +
        @"\u207A-\u207F\u208A-\u208E\u2100-\u214F\u2190-\u2BFF\u3012\u30FB\uFF01-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFF65]";

    /// <summary>Words with an apostrophe that stay whole, and clipped words that begin with one.</summary>
    public const string ApostropheWord =
        Apostrophe + "(?i:n)" + Apostrophe + "?" +
        "|(?i:dunkin|somethin|ol)" + Apostrophe +
        "|" + Apostrophe + "(?i:em|till?|cause|[2-9]0s)" +
        "|(?i:cont'd)\\.?|(?i:'twas|nor'easter|c'mon|e'er|s'mores|ev'ry|li'l|nat'l)" +
        "|(?i:o)" + ApostropheLike + "(?i:o)";

    // Abbreviations whose full stop is theirs. Those that are also common words count only with a capital.
    private const string Months = "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec";
    private const string Days = "mon|tues?|wed|thu|thurs|fri";
    private const string States =
        "ala|ariz|calif|colo|conn|ct|dak|fla|ga|ind|kans?|ky|md|mich|minn|mo|mont|neb|nev|okla|penn|tenn|va|vt|wisc?|wyo";
    private const string CapitalStates =
        "(?:Az|A(?i:z)|A(?i:rk)|D(?i:el)|I(?i:ll)|L(?i:a)|M(?i:ass)|M(?i:iss)|O(?i:re)|P(?i:a)|T(?i:ex)|W(?i:ash))";
    private const string Companies = "inc|cos?|corp|pp?t[ye]s?|ltd|plc|rt|bancorp|bhd|assn|univ|intl|sys";
    private const string Suffixes = "jr|sr|bros|(?:ed|ph)\\.d|blvd|rd|esq|etc|al|seq|bldg|tel|est|ext|sq";
    private const string Titles =
        "mrs?|ms|drs?|profs?|sens?|reps?|attys?|lt|col|gen|messrs|govs?|adm|rev|maj|sgt|cpl|pvt|capt|ste?|ave|pres|lieut|hon" +
        "|brig|co?mdr|pfc|spc|supts?|det|mt|ft|adj|adv|asst|assoc|ens|insp|mlle|mme|msgr|sfc";
    private const string Others = "vs|alex|wm|jos|cie|a\\.k\\.a|cf|treas|ph|invt|elec|natl|m[ft]g|dept";

    public const string AbbreviationAtEnd = "(?:(?i:" + Months + "|" + Days + "|" + States + "|" + Companies + "|" + Suffixes + ")|"
        + CapitalStates + @")\.";
    public const string AbbreviationBeforeName = "(?:(?i:" + Titles + "|" + Others + ")|" + Acronym + @")\.";
    public const string AbbreviationBeforeNumber = @"(?i:ca|figs?|prop|nos?|art|bldg|pp|op)\.";

    /// <summary>
    /// Words that begin a sentence: a letter with a full stop before one of them ended the sentence before ("you and I. The …").
    /// </summary>
    public const string SentenceStart =
        @"(?:A(?:bout|ccording|dditionally|fter|n|s|t)?|But|Earlier|H(?:ere|er|e|owever)|I[fnt]|Last|M(?:any|ore|r\.|s\.)|Now" +
        @"|O(?:nce|ne|ther|ur)|S(?:he|ince|ome|uch|o)" +
        @"|Th(?:at|eir|en|ere|ese|ey|e|is)|W(?:hen|hile|hat|e)|Yet|You)";
}
