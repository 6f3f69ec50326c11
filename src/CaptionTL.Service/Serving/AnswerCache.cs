using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Serving;

/// <summary>Answers by content: the same bytes, the same model and the same options have the same answer.</summary>
internal sealed class AnswerCache(IOptions<ServingOptions> options) : IDisposable
{
    private readonly MemoryCache _answers = new(new MemoryCacheOptions { SizeLimit = options.Value.CachedAnswerBytes });

    /// <summary>Answers kept now.</summary>
    public int Count => _answers.Count;

    /// <summary>Names a question; equal exactly when the answer must be.</summary>
    /// <param name="image">Bytes of the file.</param>
    /// <param name="model">What answers.</param>
    /// <param name="options">How, with value equality.</param>
    public static object Key(ReadOnlyMemory<byte> image, ServedModel model, object? options) =>
        (Convert.ToBase64String(SHA256.HashData(image.Span)), model, options);

    public bool TryGet<T>(object key, out T answer) where T : class
    {
        var there = _answers.TryGetValue(key, out var found);
        answer = (found as T)!;
        return there && found is T;
    }

    public void Keep(object key, object answer)
    {
        if (options.Value.CachedAnswers == 0) return;
        // What counts as its part of the bytes at least, so that there are never more answers than may be kept.
        var share = (options.Value.CachedAnswerBytes + options.Value.CachedAnswers - 1) / options.Value.CachedAnswers;
        _answers.Set(key, answer, new MemoryCacheEntryOptions { Size = Math.Max(share, Bytes(answer)) });
    }

    /// <summary>About what an answer takes: objects with their headers, numbers and letters.</summary>
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

/// <summary>An answer, and where its time went.</summary>
/// <param name="Result">Of the model.</param>
/// <param name="Wait">In the queue.</param>
/// <param name="Model">The whole batch in the model.</param>
internal readonly record struct Answered<T>(T Result, TimeSpan Wait, TimeSpan Model);
