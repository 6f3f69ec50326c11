using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CaptionTL.Service.Api;

/// <summary>Examples in the description of the API: Examples/OPERATION.json has a "request", an "answer", or both. All of them come from a running service.</summary>
internal static class ApiExamples
{
    private const string Media = "application/json";

    /// <summary>Adds them to the operations they are of.</summary>
    public static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations?.Values.AsEnumerable() ?? []))
        {
            if (operation.OperationId is not { } id || Read(id) is not { } example) continue;
            if (example["request"] is { } request) operation.RequestBody!.Content![Media].Example = request.DeepClone();
            if (example["answer"] is { } answer) operation.Responses!.Single(r => r.Key.StartsWith('2')).Value.Content![Media].Example = answer.DeepClone();
        }
        return Task.CompletedTask;
    }

    private static JsonNode? Read(string operation)
    {
        using var stream = typeof(ApiExamples).Assembly.GetManifestResourceStream($"Api.Examples.{operation}.json");
        return stream is null ? null : JsonNode.Parse(stream);
    }
}
