using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CaptionTL.Service.Security;

/// <summary>Tells in the description of the API how a key is sent, so that its page can send one.</summary>
internal static class KeyScheme
{
    private const string Name = "key";

    public static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Name] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http, Scheme = "bearer",
            Description = "An API key, made with captiontl keys create; needed where the service is reached from other machines. X-Api-Key: KEY does the same.",
        };
        (document.Security ??= []).Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Name, document)] = [] });
        return Task.CompletedTask;
    }
}
