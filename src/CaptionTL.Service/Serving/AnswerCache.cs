using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Serving;

/// <summary>Answers by content: the same bytes, the same model and the same options have the same answer.</summary>
internal sealed class AnswerCache(IOptions<ServingOptions> options) : IDisposable
{
    private readonly MemoryCache _answers = new(new MemoryCacheOptions { SizeLimit = Math.Max(1, options.Value.CachedAnswers) });

    /// <summary>Names a question; equal exactly when the answer must be.</summary>
    /// <param name="picture">Bytes of the file.</param>
    /// <param name="model">What answers.</param>
    /// <param name="options">How, with value equality.</param>
    public static object Key(ReadOnlyMemory<byte> picture, ServedModel model, object? options) => (Convert.ToBase64String(SHA256.HashData(picture.Span)), model, options);

    public bool TryGet<T>(object key, out T answer) where T : class
    {
        var there = _answers.TryGetValue(key, out var found);
        answer = (found as T)!;
        return there && found is T;
    }

    public void Keep(object key, object answer)
    {
        if (options.Value.CachedAnswers > 0) _answers.Set(key, answer, new MemoryCacheEntryOptions { Size = 1 });
    }

    public void Dispose() => _answers.Dispose();
}
