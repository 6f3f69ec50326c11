using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.OpenApi;

namespace CaptionTL.Service.Api;

/// <summary>What all endpoints share: how JSON looks, how failures are told, the description of the API.</summary>
internal static class ApiRegistration
{
    public static void AddApi(this IHostApplicationBuilder builder)
    {
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
            options.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            options.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
            // A misspelt name is told, not passed over.
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        });
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            context.ProblemDetails.Type = null;
            if (context.ProblemDetails.Extensions.TryAdd("code", CodeOf(context.HttpContext.Response.StatusCode)))
                context.ProblemDetails.Extensions["hint"] = "The description of the API under /api says which addresses there are, and "
                    + "what each takes.";
        });
        builder.Services.AddExceptionHandler<ApiProblems>();
        builder.Services.AddOpenApi("v1", options => options.AddSchemaTransformer(LeaveOutNullAsync)
            .AddDocumentTransformer(ApiExamples.DescribeAsync));
    }

    // Answers leave out what is null, so the description must not promise it.
    private static Task LeaveOutNullAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellation)
    {
        foreach (var property in context.JsonTypeInfo.Properties.Where(p => p.IsGetNullable)) schema.Required?.Remove(property.Name);
        return Task.CompletedTask;
    }

    /// <summary>Of refusals that come from the server itself, before an endpoint is asked.</summary>
    private static string CodeOf(int status) => status switch
    {
        StatusCodes.Status404NotFound => "not_found",
        StatusCodes.Status405MethodNotAllowed => "method_not_allowed",
        StatusCodes.Status413PayloadTooLarge => "request_too_large",
        StatusCodes.Status415UnsupportedMediaType => "media_type_unsupported",
        _ => "request_refused",
    };

    public static void MapApi(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/api"), api => api.UseStatusCodePages());
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "api";
            page.DocumentTitle = "CaptionTL API";
            page.SwaggerEndpoint("/openapi/v1.json", "CaptionTL API v1");
        });
    }
}

/// <summary>Scopes of API keys, and the authorization policies of the same names. An admin key satisfies every policy.</summary>
public static class ApiScope
{
    /// <summary>Captions and classes of images.</summary>
    public const string Caption = "caption";

    /// <summary>Data sets, jobs, runs, pages.</summary>
    public const string Train = "train";

    /// <summary>Models and keys.</summary>
    public const string Admin = "admin";

    public static IReadOnlyList<string> All { get; } = [Caption, Train, Admin];
}

/// <summary>Values of enumerations as the API writes and reads them: their names in lower case, never their numbers.</summary>
internal static class EnumNames
{
    public static string Of(Enum value) => value.ToString().ToLowerInvariant();

    /// <param name="text">In any case.</param>
    /// <param name="field">Where it stands, for the message.</param>
    /// <exception cref="ApiException">It is none of the names.</exception>
    public static T Parse<T>(string text, string field) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
            if (Of(value).Equals(text, StringComparison.OrdinalIgnoreCase)) return value;
        throw ApiException.Invalid($"'{field}' must be one of {string.Join(", ", Enum.GetValues<T>().Select(v => Of(v)))}.");
    }
}

/// <summary>Parts of long lists.</summary>
internal static class Paging
{
    /// <exception cref="ApiException">Out of range.</exception>
    public static (int Offset, int Limit) Check(int offset, int limit, int most = 500)
    {
        if (offset < 0) throw ApiException.Invalid($"'offset' is {offset}; it must be at least 0.");
        return limit >= 1 && limit <= most ? (offset, limit)
            : throw ApiException.Invalid($"'limit' is {limit}; it must be from 1 to {most}.");
    }
}

/// <summary>
/// Examples in the description of the API: Examples/OPERATION.json has a "request", an "answer", or both. All of them come from a running
/// service.
/// </summary>
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
            if (example["answer"] is { } answer)
                operation.Responses!.Single(r => r.Key.StartsWith('2')).Value.Content![Media].Example = answer.DeepClone();
        }
        return Task.CompletedTask;
    }

    private static JsonNode? Read(string operation)
    {
        using var stream = typeof(ApiExamples).Assembly.GetManifestResourceStream($"Api.Examples.{operation}.json");
        return stream is null ? null : JsonNode.Parse(stream);
    }
}
