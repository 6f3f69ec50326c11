using System.Text;
using CaptionTL.IO;
using Microsoft.ML.Tokenizers;

namespace CaptionTL.Text;

/// <summary>
/// The words a caption decoder can read and write, numbered. Ids 0 to 3 are the special tokens, then come the words, the most frequent
/// first (equally frequent ones by ordinal comparison), so equal captions always give equal ids. On disk: <c>vocab.txt</c>, UTF-8, the
/// token of id i on line i + 1.
/// </summary>
public sealed class Vocabulary
{
    /// <summary>Fills a batch's captions up to one length; carries no meaning.</summary>
    public const int Pad = 0;

    /// <summary>Stands before the first word.</summary>
    public const int Bos = 1;

    /// <summary>Stands after the last word.</summary>
    public const int Eos = 2;

    /// <summary>Any word that is not in the vocabulary.</summary>
    public const int Unk = 3;

    /// <summary>Written forms of ids 0 to 3. A "&lt;pad&gt;" in a caption's own text is an unknown word.</summary>
    public static IReadOnlyList<string> SpecialTokens { get; } = ["<pad>", "<bos>", "<eos>", "<unk>"];

    private const int MaxFileBytes = 64 << 20;

    private readonly string[] _tokens;
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Lazy<WordPieceTokenizer> _tokenizer;

    /// <param name="words">The words without the special tokens, in the order of their ids, starting with 4.</param>
    /// <exception cref="ArgumentException">A word is empty, has white space in it, is a special token, or occurs twice.</exception>
    public Vocabulary(IEnumerable<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        _tokens = [.. SpecialTokens, .. words];
        for (var id = SpecialTokens.Count; id < _tokens.Length; id++)
            if (Problem(_tokens[id]) is { } problem || !_ids.TryAdd(_tokens[id], id) && (problem = "occurs twice") is not null)
                throw new ArgumentException($"the word '{_tokens[id]}' {problem}", nameof(words));
        _tokenizer = new(Tokenizer);
    }

    /// <summary>Number of ids, special tokens included.</summary>
    public int Count => _tokens.Length;

    /// <summary>The token of an id.</summary>
    public string this[int id] => _tokens[id];

    /// <summary>
    /// Words that occur at least <paramref name="minimumFrequency"/> times in captions split by <see cref="CaptionTokenizer"/>.
    /// </summary>
    public static Vocabulary Build(IEnumerable<IReadOnlyList<string>> captions, int minimumFrequency = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumFrequency, 1);
        return new(CountWords(captions).Where(word => word.Value >= minimumFrequency && !SpecialTokens.Contains(word.Key))
            .Select(word => word.Key));
    }

    /// <summary>Words of captions with their counts, the most frequent first; equally frequent ones in ordinal order.</summary>
    /// <param name="captions">Captions split by <see cref="CaptionTokenizer"/>.</param>
    public static IReadOnlyList<KeyValuePair<string, int>> CountWords(IEnumerable<IReadOnlyList<string>> captions) =>
        [.. captions.SelectMany(words => words).CountBy(word => word, StringComparer.Ordinal)
            .OrderByDescending(word => word.Value).ThenBy(word => word.Key, StringComparer.Ordinal)];

    /// <summary>What of captions the vocabulary cannot express.</summary>
    /// <param name="captions">Captions split by <see cref="CaptionTokenizer"/>.</param>
    /// <returns>Unknown words with their counts, the most frequent first, and their share of the running words, 0 to 1.</returns>
    public (IReadOnlyList<KeyValuePair<string, int>> Words, double Share) Unknown(IEnumerable<IReadOnlyList<string>> captions)
    {
        var counts = CountWords(captions);
        List<KeyValuePair<string, int>> unknown = [.. counts.Where(word => !Contains(word.Key))];
        return (unknown, unknown.Sum(word => (double)word.Value) / Math.Max(1, counts.Sum(word => (long)word.Value)));
    }

    public bool Contains(string word) => _ids.ContainsKey(word);

    /// <summary>The id of a word, or <see cref="Unk"/>.</summary>
    public int IdOf(string word) => _ids.GetValueOrDefault(word, Unk);

    /// <summary>
    /// <see cref="Bos"/>, the ids of the words, <see cref="Eos"/>: a decoder reads all but the last and learns to write all but the first.
    /// </summary>
    public int[] Encode(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return [Bos, .. IdsOf(words), Eos];
    }

    /// <summary>The ids of the words alone; <see cref="Unk"/> for those that are not in the vocabulary.</summary>
    public int[] IdsOf(IReadOnlyList<string> words) => [.. words.Select(word =>
        _tokenizer.Value.EncodeToIds(word, considerPreTokenization: false, considerNormalization: false) is [var id] && id > Unk
            ? id
            : Unk)];

    /// <summary>
    /// The words up to the first <see cref="Eos"/>; <see cref="Bos"/> and <see cref="Pad"/> are left out, <see cref="Unk"/> is kept as
    /// "&lt;unk&gt;".
    /// </summary>
    public string[] Decode(IEnumerable<int> ids) =>
        [.. ids.TakeWhile(id => id != Eos).Where(id => id is not (Pad or Bos)).Select(id => _tokens[id])];

    public void Save(string path) => AtomicFile.Write(path, Write);

    /// <summary>Writes the form of <c>vocab.txt</c>.</summary>
    public void Write(Stream stream)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        foreach (var token in _tokens) writer.WriteLine(token);
    }

    /// <exception cref="CaptionTLException">The file is missing or is no vocabulary.</exception>
    public static Vocabulary Load(string path)
    {
        if (!File.Exists(path)) throw new CaptionTLException($"{path}: no such vocabulary file");
        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <summary>Reads what <see cref="Write"/> wrote, to the end of the stream; <paramref name="name"/> is for messages.</summary>
    /// <exception cref="CaptionTLException">The text is no vocabulary; the message names the line.</exception>
    public static Vocabulary Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var words = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var (line, bytes) = (0, 0L);
        try
        {
            using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true),
                detectEncodingFromByteOrderMarks: false, leaveOpen: true);
            while (reader.ReadLine() is { } token)
            {
                line++;
                if ((bytes += token.Length + 1) > MaxFileBytes)
                    throw Bad(name, line, $"longer than {MaxFileBytes >> 20} MiB, which no vocabulary is");
                if (line <= SpecialTokens.Count)
                {
                    if (token != SpecialTokens[line - 1])
                        throw Bad(name, line, $"'{SpecialTokens[line - 1]}' expected, found '{Shortened(token)}'");
                }
                else if (Problem(token) is { } problem) throw Bad(name, line, $"the word '{Shortened(token)}' {problem}");
                else if (!seen.Add(token)) throw Bad(name, line, $"the word '{Shortened(token)}' occurs twice");
                else words.Add(token);
            }
        }
        catch (DecoderFallbackException e)
        {
            throw new CaptionTLException($"{name}: not UTF-8 after line {line}; a vocabulary is a text file with one "
                + $"token a line", inner: e);
        }
        if (line < SpecialTokens.Count) throw Bad(name, line + 1, $"'{SpecialTokens[line]}' expected, but the file ends");
        return new Vocabulary(words);
    }

    /// <summary>
    /// Microsoft.ML.Tokenizers' WordPiece tokenizer over <c>vocab.txt</c>, which has the form that it reads. The words come from
    /// <see cref="CaptionTokenizer"/>, which the scores need to the letter, so nothing is split here: a word is known whole or not at all.
    /// </summary>
    private WordPieceTokenizer Tokenizer()
    {
        using var text = new MemoryStream();
        Write(text);
        text.Position = 0;
        return WordPieceTokenizer.Create(text, new WordPieceOptions
        {
            UnknownToken = _tokens[Unk],
            ContinuingSubwordPrefix = " ", // of the later pieces of a word: no word has white space in it, so none is ever such a piece
            MaxInputCharsPerWord = _tokens.Max(token => token.Length), // longer ones are unknown without being looked at
        });
    }

    private static string? Problem(string word) =>
        word.Length == 0 ? "is empty" : word.Any(char.IsWhiteSpace) ? "has white space in it" : SpecialTokens.Contains(word)
            ? "is a special token" : null;

    private static string Shortened(string token) => token.Length <= 40 ? token : token[..40] + "…";

    private static CaptionTLException Bad(string name, int line, string what) => new($"{name}, line {line}: {what}");
}
