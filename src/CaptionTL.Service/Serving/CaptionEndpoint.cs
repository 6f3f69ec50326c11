using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Http;

namespace CaptionTL.Service.Serving;

/// <summary>POST /api/v1/caption.</summary>
internal static class CaptionEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext context, Admission admission, PictureRequestReader reader, CaptionAsker asker)
    {
        var admitted = admission.Enter(context);
        context.Response.RegisterForDispose(admitted);
        var request = await reader.ReadAsync(context.Request, context.RequestAborted);
        var stream = request.Values.Flag("stream") || context.Request.Headers.Accept.Any(a => a?.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) == true);
        return stream
            ? TypedResults.ServerSentEvents(Events(request, asker, context.RequestAborted))
            : TypedResults.Ok(await asker.AskAsync(request, leading: null, context.RequestAborted));
    }

    // "words" after every word with the sentence that leads so far, then "caption" with the whole answer, or "problem".
    private static async IAsyncEnumerable<SseItem<object>> Events(PictureRequest request, CaptionAsker asker, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var events = Channel.CreateUnbounded<SseItem<object>>();
        _ = AnswerAsync();
        await foreach (var item in events.Reader.ReadAllAsync(cancellation)) yield return item;

        async Task AnswerAsync()
        {
            try
            {
                var answer = await asker.AskAsync(request, (picture, text) => events.Writer.TryWrite(new SseItem<object>(new LeadingWords(picture, text), "words")), cancellation);
                events.Writer.TryWrite(new SseItem<object>(answer, "caption"));
            }
            catch (Exception failure)
            {
                // The status is sent already: what would have been the problem's body is the last event.
                var problem = ApiProblems.Translate(failure);
                events.Writer.TryWrite(new SseItem<object>(new PictureProblem(problem.Code, problem.Message, problem.Hint), "problem"));
            }
            finally
            {
                events.Writer.TryComplete();
            }
        }
    }
}
