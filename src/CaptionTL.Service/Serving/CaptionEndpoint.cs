using System.Net.ServerSentEvents;
using System.Threading.Channels;
using CaptionTL.Images;
using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CaptionTL.Service.Serving;

/// <summary>POST /api/v1/caption.</summary>
internal static class CaptionEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext context, Admission admission, ImageRequestReader reader,
        CaptionAsker asker)
    {
        var admitted = admission.Enter(context);
        context.Response.RegisterForDispose(admitted);
        var request = await reader.ReadAsync(context.Request, admitted, context.RequestAborted);
        var stream = request.Values.Flag("stream")
            || context.Request.Headers.Accept.Any(a => a?.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) == true);
        return stream
            ? await StreamAsync(request, asker, context.RequestAborted)
            : TypedResults.Ok(await asker.AskAsync(request, leading: null, context.RequestAborted));
    }

    // "words" after every word with the sentence that leads so far, then "caption" with the whole answer, or "problem". The status is
    // sent with the first of them: options, a model or a queue that will not do are still told by it.
    private static async Task<IResult> StreamAsync(ImageRequest request, CaptionAsker asker, CancellationToken cancellation)
    {
        var events = Channel.CreateUnbounded<SseItem<object>>();
        var begun = false;
        var answering = AnswerAsync();
        if (!await events.Reader.WaitToReadAsync(cancellation)) await answering;
        return TypedResults.ServerSentEvents(events.Reader.ReadAllAsync(cancellation));

        async Task AnswerAsync()
        {
            try
            {
                var answer = await asker.AskAsync(request, Tell, cancellation);
                events.Writer.TryWrite(new SseItem<object>(answer, "caption"));
            }
            catch (Exception failure) when (begun || failure is ImageException)
            {
                events.Writer.TryWrite(new SseItem<object>(ImageProblems.Of(failure), "problem"));
            }
            finally
            {
                events.Writer.TryComplete();
            }
        }

        void Tell(int image, string text)
        {
            Volatile.Write(ref begun, true);
            events.Writer.TryWrite(new SseItem<object>(new LeadingWords(image, text), "words"));
        }
    }
}

/// <summary>POST /api/v1/classify.</summary>
internal static class ClassEndpoint
{
    public static async Task<Ok<ClassAnswer>> HandleAsync(HttpContext context, Admission admission, ImageRequestReader reader,
        ClassAsker asker)
    {
        using var admitted = admission.Enter(context);
        var request = await reader.ReadAsync(context.Request, admitted, context.RequestAborted);
        return TypedResults.Ok(await asker.AskAsync(request, context.RequestAborted));
    }
}
