using System.Text.RegularExpressions;
using static CaptionTL.Text.PennTreebankGrammar;

namespace CaptionTL.Text;

/// <summary>
/// Splits English text as the Penn Treebank does ("isn't" → is n't, "t-shirt" stays whole, quotation marks become `` and '').
/// Behaves like the Stanford PTB tokenizer of CoreNLP 3.4.1, the one inside coco-caption, one text at a time: what stands in the next
/// caption has no influence. Left out: a few compounds of country names ("Canada-U.S"), letters that Unicode does not count as letters,
/// and the second full stop that it adds behind an abbreviation at a sentence's end.
/// </summary>
internal static class PennTreebankTokenizer
{
    /// <summary>Tokens in the order of the text, in its own capitals. Characters that belong to no rule are left out.</summary>
    public static List<string> Split(string text)
    {
        var tokens = new List<string>(text.Length / 5 + 1);
        text += "\n"; // Rules that look at what follows see the end of a line behind the last word.
        for (var position = 0; position < text.Length;)
        {
            if (char.IsWhiteSpace(text[position]))
                position++;
            else if (PlainToken(text, position) is var length and > 0)
            {
                tokens.Add(text.Substring(position, length));
                position += length;
            }
            else
                position = LongestMatch(text, position, tokens);
        }
        return tokens;
    }

    private static int LongestMatch(string text, int position, List<string> tokens)
    {
        var (longest, end, token) = (0, position + 1, (string?)null);
        foreach (var rule in PennTreebankRules.All)
        {
            var match = rule.Pattern.Match(text, position);
            if (!match.Success || match.Length <= longest) continue;
            var part = match.Groups["t"] is { Success: true } group ? group : (System.Text.RegularExpressions.Capture)match;
            (longest, end, token) = (match.Length, part.Index + part.Length, rule.Normalize(part.Value));
        }
        if (token is not null) tokens.Add(token);
        return end;
    }

    /// <summary>
    /// Length of the token where no rule needs asking, otherwise 0: letters up to white space, or a comma or full stop that stands alone.
    /// Nineteen in twenty tokens of captions are of this kind.
    /// </summary>
    private static int PlainToken(string text, int position)
    {
        var end = position;
        while (char.IsAsciiLetter(text[end])) end++;
        if (end > position) return char.IsWhiteSpace(text[end]) && !Splits(text.AsSpan(position, end - position)) ? end - position : 0;
        if (text[position] is not (',' or '.') || !char.IsWhiteSpace(text[position + 1])) return 0;
        return text[position] == '.' && text.AsSpan(position + 1).TrimStart().StartsWith(".") ? 0 : 1;
    }

    private static bool Splits(ReadOnlySpan<char> word)
    {
        if (word.Length is not (5 or 6)) return false;
        foreach (var whole in (ReadOnlySpan<string>)["cannot", "gonna", "gotta", "lemme", "gimme", "wanna"])
            if (word.Equals(whole, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}

/// <summary>
/// The rules of Penn Treebank tokenization, in the order of preference. At every position the rule with the longest match wins,
/// what follows the token counting as matched; of equally long ones the first in this list. A named group <c>t</c> is the token where
/// the rule also looks at what follows.
/// </summary>
internal static class PennTreebankRules
{
    internal readonly record struct Rule(Regex Pattern, Func<string, string> Normalize);

    public static IReadOnlyList<Rule> All { get; } =
    [
        // Words written together that the treebank takes apart.
        Of(@"(?i:c)\+\+|(?i:[cf])#"),
        Of("(?<t>(?i:can))(?i:not)"),
        Of("(?<t>'(?i:t))(?i:was|is)"),
        Of("(?<t>(?i:gon|got|lem|gim|wan))(?i:na|ta|me)", accept: Assimilations),

        // Markup and entities.
        Of(Tag),
        Of(@"&(?i:md|mdash|ndash);|[\u0096\u0097\u2013\u2014\u2015]", _ => "--"),
        Of("(?i:&amp;)", _ => "&"),
        Of("&(?:(?i:ht|tl|ur|lr|qc|ql|qr|odq|cdq)|#[0-9]{1,9});"),

        // Words, and words with an apostrophe.
        Of($"(?<t>{Word}){Clitic}", WithoutSoftHyphens),
        Of($"(?<t>{NegatedWord}){Negation}", WithoutSoftHyphens),
        Of(Word, WithoutSoftHyphens),
        Of(ApostropheWord),
        Of($"[lLdDjJ]{Apostrophe}"),
        Of($@"[A-HJ-XZn]{ApostropheLike}\p{{L}}{{2,}}"),
        Of($@"\p{{L}}+[aeiouyAEIOUY]{ApostropheLike}[aeiouA-Z]\p{{L}}*"),
        Of($@"(?<t>(?i:y){Apostrophe})\p{{L}}"),

        // Addresses.
        Of(Url),
        Of(BareUrl),
        Of(Email),
        Of($"@[a-zA-Z_][a-zA-Z_0-9]*|#{Letter}+"),

        Of($"(?<t>{Clitic}|{Negation})[^A-Za-z]", Quote),

        // Numbers, fractions, money.
        Of(Date),
        Of(Number, WithoutSoftHyphens),
        Of(@"[\u207A\u207B\u208A\u208B]?(?:[\u2070\u00B9\u00B2\u00B3\u2074-\u2079]+|[\u2080-\u2089]+)"),
        Of(Fraction),
        Of(@"[\u00BC\u00BD\u00BE\u2153\u2154]", VulgarFraction),
        Of($@"(?i:-[lr][rcs]b-|c\.d\.s|pro-|anti-|s(?:&amp;|&)p-500|s(?:&amp;|&)ls|cap{Apostrophe}n|c{Apostrophe}est)", Ampersand),
        Of(Slashed),
        Of(@"[A-Z]*\$|#"),
        Of(@"[\u00A2\u00A3\u00A4\u00A5\u0080\u20A0\u20AC\u060B\u0E3F\u20A4\uFFE0\uFFE1\uFFE5\uFFE6]", Currency),

        // Abbreviations. A single letter keeps its full stop unless a sentence begins behind it.
        Of($@"(?:(?<t>[A-Za-z](?:\.[A-Za-z])+\.)|(?<t>[A-Za-z])\.){Blank}+{SentenceStart}{Blank}"),
        Of($"(?<t>{AbbreviationBeforeNumber}){Blank}?[0-9]"),
        Of($@"(?<t>(?i:pt[ey]|co)\.){Space}(?i:ltd|lim)"),
        Of($@"(?<t>{AbbreviationAtEnd})(?:[\s\S]{{2}})?"),
        Of(AbbreviationBeforeName),
        Of($"(?<t>{Acronym}){Blank}"),
        Of($"(?<t>{Apostrophe}[0-9][0-9]){Blank}"),
        Of($"(?<t>{FileName})(?:{Blank}|[.?!,])"),
        Of($@"(?<t>{Word}\.)[,;:\u3001]", WithoutSoftHyphens),
        Of(Phone, Brackets),

        // Punctuation.
        Of(@"(?<t>""|(?i:&quot;))[A-Za-z0-9$]", _ => "``"),
        Of(@"""|(?i:&quot;)", _ => "''"),
        Of("(?i:&lt;)|<", _ => "<"),
        Of("(?i:&gt;)|>", _ => ">"),
        Of($"(?<t>{Smiley})[^A-Za-z0-9]", Brackets),
        Of(EasternSmiley, Brackets),
        Of(@"[{}()\[\]]", Brackets),
        Of("-+", dashes => dashes.Length is 3 or 4 ? "--" : dashes),
        Of(@"\.{3,5}|(?:\.[ \u00A0]){2,4}\.|[\u0085\u2026]", _ => "..."),
        Of("@+|#+|_+"),
        Of(@"\*+|(?:\\\*){1,3}"),
        Of(@"[,;:\u3001]"),
        Of("[?!]+"),
        Of(@"[.\u00A1\u00BF\u037E\u0589\u061F\u06D4\u0700-\u0702\u07FA\u3002]"),
        Of("="),
        Of("/"),

        // Compounds.
        Of($@"(?<t>{HyphenatedAscii}\.)[,;:\u3001]", WithoutSoftHyphens),
        Of(HyphenatedAscii, WithoutSoftHyphens),
        Of($@"(?<t>{Hyphenated}\.)[,;:\u3001]"),
        Of(Hyphenated),
        Of(@"[A-Z]+(?:(?:(?i:&amp;)|[+&])[A-Z]+)+", Ampersand),

        // Quotation marks and what is left.
        Of(@"(?<t>')[A-Za-z][^ \t\r\n\u00A0]", _ => "`"),
        Of($"{Clitic}|{Negation}", Quote),
        Of(@"''|[`\u2018\u2019\u201A\u201B\u201C\u201D\u0091\u0092\u0093\u0094\u201E\u201F\u2039\u203A\u00AB\u00BB]{1,2}|"
            + Apostrophe, Quote),
        Of("<<|>>"),
        Of(Symbol),
    ];

    // "gonta" and "lemna" are no words.
    private const string Assimilations = "(?i:gonna|gotta|lemme|gimme|wanna)";

    private static Rule Of(string pattern, Func<string, string>? normalize = null, string accept = "")
    {
        var guard = accept.Length == 0 ? "" : $"(?={accept})";
        var options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
        return new(new Regex($@"\G{guard}(?:{pattern})", options), normalize ?? (token => token));
    }

    private static string WithoutSoftHyphens(string token)
    {
        var rest = token.Replace("\u00AD", "", StringComparison.Ordinal);
        return rest.Length == 0 ? "-" : rest;
    }

    private static string Ampersand(string token) => token.Replace("&amp;", "&", StringComparison.OrdinalIgnoreCase);

    private static string Brackets(string token) => string.Concat(token.Select(c => c switch
    {
        '(' => "-LRB-", ')' => "-RRB-", '[' => "-LSB-", ']' => "-RSB-", '{' => "-LCB-", '}' => "-RCB-", _ => c.ToString(),
    }));

    /// <summary>Typographic quotation marks in the treebank's spelling: ` `` ' ''.</summary>
    private static string Quote(string token) => string.Concat(
        token.Replace("&apos;", "'", StringComparison.OrdinalIgnoreCase).Select(c => c switch
    {
        '\u0091' or '\u2018' or '\u201B' or '\u2039' => "`",
        '\u0092' or '\u2019' or '\u203A' => "'",
        '\u0093' or '\u201C' or '\u00AB' => "``",
        '\u0094' or '\u201D' or '\u00BB' => "''",
        _ => c.ToString(),
    }));

    private static string VulgarFraction(string token) => token[0] switch
    {
        '\u00BC' => "1/4", '\u00BD' => "1/2", '\u00BE' => "3/4", '\u2153' => "1/3", _ => "2/3",
    };

    private static string Currency(string token) => token[0] switch
    {
        '\u00A2' => "cents", '\u00A3' => "#", '\u0080' or '\u00A4' or '\u20A0' or '\u20AC' => "$", _ => token,
    };
}
