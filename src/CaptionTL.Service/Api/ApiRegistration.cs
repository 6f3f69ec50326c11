using System.Text.Json;
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
                context.ProblemDetails.Extensions["hint"] = "The description of the API under /api says which addresses there are, and what each takes.";
        });
        builder.Services.AddExceptionHandler<ApiProblems>();
        builder.Services.AddOpenApi("v1", options => options.AddSchemaTransformer(LeaveOutNullAsync).AddDocumentTransformer(ApiExamples.DescribeAsync));
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
        app.MapOpenApi("/openapi/{documentName}.json");
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "api";
            page.DocumentTitle = "CaptionTL API";
            page.SwaggerEndpoint("/openapi/v1.json", "CaptionTL API v1");
        });
    }
}
