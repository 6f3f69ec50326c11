using CaptionTL.Service.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CaptionTL.Service.Serving;

/// <summary>POST /api/v1/classify.</summary>
internal static class ClassEndpoint
{
    public static async Task<Ok<ClassAnswer>> HandleAsync(HttpContext context, Admission admission, PictureRequestReader reader, ClassAsker asker)
    {
        using var admitted = admission.Enter(context);
        var request = await reader.ReadAsync(context.Request, admitted, context.RequestAborted);
        return TypedResults.Ok(await asker.AskAsync(request, context.RequestAborted));
    }
}
