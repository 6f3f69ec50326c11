using System.ComponentModel;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using CaptionTL.Captions;
using CaptionTL.Images;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.Telemetry;
using Microsoft.AspNetCore.Http;

namespace CaptionTL.Service.Serving;

/// <summary>Options of POST /api/v1/caption besides those of decoding.</summary>
internal sealed record CaptionParameters
{
    [Description("Name, or name@version; the default model when left out")]
    public string? Model { get; init; }

    [Description("Return where the network looked for every word")]
    public bool Attention { get; init; }

    [Description("Send the words as events while they are written")]
    public bool Stream { get; init; }
}

/// <summary>POST /api/v1/caption: one JSON answer, or server-sent events.</summary>
internal static class CaptionEndpoint
{
    public static IReadOnlyList<string> DecodingNames { get; } = [.. DecodingOption.All.Select(option => option.Name)];

    public static async Task<IResult> HandleAsync(HttpContext context, Admission admission, ImageRequestReader reader,
        CaptionService captions)
    {
        var admitted = admission.Enter(context);
        context.Response.RegisterForDispose(admitted);
        var request = await reader.ReadAsync(context.Request, admitted, context.RequestAborted);
        var parameters = request.Options.Read<CaptionParameters>(DecodingNames);
        var stream = parameters.Stream
            || context.Request.Headers.Accept.Any(a => a?.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) == true);
        if (!stream) return TypedResults.Ok(await captions.AnswerAsync(request, parameters, words: null, context.RequestAborted));

        var words = Channel.CreateUnbounded<LeadingWords>();
        var answering = captions.AnswerAsync(request, parameters, words.Writer, context.RequestAborted);
        if (!await words.Reader.WaitToReadAsync(context.RequestAborted))
        {
            // Nothing was sent yet: wrong options, an unknown model or a full queue can still be told by the status.
            try
            {
                await answering;
            }
            catch (ImageException)
            {
                // An event says it.
            }
        }
        return TypedResults.ServerSentEvents(EventsAsync(words.Reader, answering));
    }

    /// <summary>"words" after every word, with the words that lead so far; then "caption" with the answer, or "problem".</summary>
    private static async IAsyncEnumerable<SseItem<object>> EventsAsync(ChannelReader<LeadingWords> words, Task<CaptionAnswer> answering,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var leading in words.ReadAllAsync(cancellation)) yield return new SseItem<object>(leading, "words");
        SseItem<object> last;
        try
        {
            last = new SseItem<object>(await answering, "caption");
        }
        catch (Exception failure)
        {
            last = new SseItem<object>(ImageAnswers.FailureOf(failure), "problem");
        }
        yield return last;
    }
}

/// <summary>Writes captions for the images of a request.</summary>
internal sealed class CaptionService(ModelHost models, ImageAnswers images, ServiceMetrics metrics)
{
    /// <param name="request">Images and options.</param>
    /// <param name="parameters">Read from those options.</param>
    /// <param name="words">Receives the leading words of every image and ends with the answer; null where nobody reads them.</param>
    /// <param name="cancellation">Cancelled when the client has gone.</param>
    /// <exception cref="Api.ApiException">An option is invalid, the model is unknown, or the queue is full.</exception>
    /// <exception cref="ImageException">The only image cannot be read.</exception>
    public async Task<CaptionAnswer> AnswerAsync(ImageRequest request, CaptionParameters parameters, ChannelWriter<LeadingWords>? words,
        CancellationToken cancellation)
    {
        try
        {
            var clock = new AnswerClock("caption", metrics);
            await using var model = await models.CaptionerAsync(parameters.Model);
            var decoding = model.Decoding.With(CaptionEndpoint.DecodingNames.ToDictionary(name => name, request.Options.Text));
            var question = new CaptionQuestion(decoding, parameters.Attention);
            var results = await images.AnswerAsync(model, request, question, clock, words, cancellation);
            var captioned = results.Select(result => Captioned(result, model, parameters.Attention));
            return new CaptionAnswer(model.Used, [.. captioned], clock.Timing());
        }
        finally
        {
            words?.TryComplete();
        }
    }

    private static CaptionedImage Captioned(ImageResult<CaptionResult> answered, CaptionModel model, bool attention)
    {
        if (answered.Result is not { } result) return new CaptionedImage(answered.Image.Name, Problem: answered.Problem);
        return new CaptionedImage(answered.Image.Name, result.Text, result.Captions[0].Confidence, [.. result.Captions.Select(Written)],
            attention ? model.GridOver(answered.Image.Bytes) : null, Cached: answered.Cached);
    }

    private static WrittenCaption Written(Caption caption) => new(
        caption.Text, [.. caption.Words.Select((word, i) => new WrittenWord(word, caption.WordProbabilities[i], caption.Attention?[i]))],
        caption.LogProbability, caption.Score, caption.Confidence);
}
