using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Serving;

/// <summary>Answers by content: the same bytes, model and options have the same answer.</summary>
internal sealed class AnswerCache(IOptions<ServingOptions> options) : IDisposable
{
    private readonly MemoryCache _answers = new(new MemoryCacheOptions { SizeLimit = options.Value.CachedAnswerBytes });

    /// <summary>Number of answers in the cache.</summary>
    public int Count => _answers.Count;

    /// <summary>Keys are equal exactly when the answers must be.</summary>
    /// <param name="image">Bytes of the file.</param>
    /// <param name="model">The model that answers.</param>
    /// <param name="question">What it is asked; compared by value.</param>
    public static object Key(ReadOnlyMemory<byte> image, ServedModel model, object question) =>
        (Convert.ToBase64String(SHA256.HashData(image.Span)), model, question);

    public bool TryGet<T>(object key, out T answer) where T : class
    {
        answer = (_answers.Get(key) as T)!;
        return answer is not null;
    }

    public void Keep(object key, object answer)
    {
        if (options.Value.CachedAnswers == 0) return;
        // Every answer counts as at least its share of the bytes, so that the number of answers stays below its limit too.
        var share = (options.Value.CachedAnswerBytes + options.Value.CachedAnswers - 1) / options.Value.CachedAnswers;
        _answers.Set(key, answer, new MemoryCacheEntryOptions { Size = Math.Max(share, Bytes(answer)) });
    }

    /// <summary>Estimated size of an answer: objects with their headers, numbers and letters.</summary>
    internal static long Bytes(object answer)
    {
        const int Entry = 400, Each = 64, Letter = 2;
        return Entry + answer switch
        {
            CaptionResult result =>
                result.Captions.Sum(c => Each + Letter * c.Text.Length + c.Words.Sum(w => (long)Each + Letter * w.Length)
                + (c.Attention?.Sum(a => (long)Each + sizeof(float) * a.Length) ?? 0)),
            Classification result => result.Ranked.Sum(c => (long)Each + Letter * c.Name.Length),
            _ => 0,
        };
    }

    public void Dispose() => _answers.Dispose();
}
