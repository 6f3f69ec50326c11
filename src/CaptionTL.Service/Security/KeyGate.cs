using System.Net;
using System.Security.Claims;
using CaptionTL.Service.Api;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace CaptionTL.Service.Security;

/// <summary>
/// Where keys are asked for, lets a request through whose key has the scope of its endpoint. Endpoints that name no scope, pages among
/// them, want train; those that say so (health, signing in) want none.
/// </summary>
internal sealed class KeyGate(RequestDelegate next, KeyRequirement requirement)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
            || IsOpen(context.Request.Path)) return next(context);
        var key = context.Features.Get<ApiKey>();
        // A wrong key is wrong wherever it is used; its owner should learn of it. A cookie may be left from another day.
        if (key is null && !requirement.IsRequired
            && (KeyReader.Text(context.Request) is null || context.Request.Cookies.ContainsKey(KeyReader.Cookie))) return next(context);
        if (key is null) return Unknown(context);
        var scope = endpoint.Metadata.GetMetadata<ApiScope>()?.Name ?? ApiScope.Train;
        return key.Allows(scope)
            ? next(context)
            : throw new ApiException(403, "scope_missing", $"This key is not for that: the scope '{scope}' is missing.",
            $"Make a key with it: captiontl keys create --name NAME --scopes {scope}.");
    }

    private static bool IsOpen(PathString path) => path.StartsWithSegments("/health") || path.StartsWithSegments("/v2/health")
        || path.StartsWithSegments("/openapi") || path.StartsWithSegments("/sign-in");

    private static Task Unknown(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString()
            .Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Redirect($"/sign-in?to={Uri.EscapeDataString(context.Request.Path + context.Request.QueryString)}");
            return Task.CompletedTask;
        }
        context.Response.OnStarting(() =>
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Task.CompletedTask;
        });
        throw KeyReader.Text(context.Request) is null
            ? new ApiException(401, "key_missing", "An API key is needed here.", "Send it as Authorization: Bearer KEY or X-Api-Key: "
            + "KEY; captiontl keys create makes one.")
            : new ApiException(401, "key_unknown", "This API key is unknown or revoked.", "captiontl keys list shows those that "
            + "are known.");
    }
}

/// <summary>
/// Finds the key that a request brings (Authorization: Bearer, X-Api-Key, or the cookie of /sign-in) and makes it the request's user.
/// </summary>
internal sealed class KeyReader(RequestDelegate next, ApiKeyStore keys)
{
    /// <summary>Cookie of a browser that signed in.</summary>
    public const string Cookie = "captiontl-key";

    public async Task InvokeAsync(HttpContext context)
    {
        if (Text(context.Request) is { } text && await keys.FindAsync(text, context.RequestAborted) is { } key)
        {
            context.Features.Set(key);
            context.User =
                new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, key.Name), .. key.Scopes.Split(',')
                .Select(s => new Claim("scope", s))], "ApiKey"));
        }
        await next(context);
    }

    /// <summary>What claims to be a key; null where the request brings none.</summary>
    public static string? Text(HttpRequest request)
    {
        if (request.Headers["X-Api-Key"].ToString() is { Length: > 0 } header) return header;
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return authorization["Bearer ".Length..].Trim();
        return request.Cookies[Cookie];
    }
}

/// <summary>Whether keys are asked for: where the service can be reached from other machines, or where the settings say so.</summary>
internal sealed class KeyRequirement(IOptions<SecurityOptions> options, IServer server, IHostApplicationLifetime lifetime)
{
    private IReadOnlyList<string>? _offHost;

    public bool IsRequired => options.Value.RequireKeys || OffHost.Count > 0;

    /// <summary>Addresses listened on that other machines reach; remembered as soon as all are bound.</summary>
    public IReadOnlyList<string> OffHost
    {
        get
        {
            if (_offHost is { } known) return known;
            IReadOnlyList<string> found = [.. (server.Features.Get<IServerAddressesFeature>()?.Addresses.ToArray() ?? [])
                .Where(a => !IsLocal(a))];
            if (lifetime.ApplicationStarted.IsCancellationRequested) _offHost = found;
            return found;
        }
    }

    internal static bool IsLocal(string address)
    {
        var host = BindingAddress.Parse(address);
        if (host.IsUnixPipe || host.IsNamedPipe || host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        return IPAddress.TryParse(host.Host, out var ip) && IPAddress.IsLoopback(ip);
    }
}

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
            Description = "An API key, made with captiontl keys create; needed where the service is reached from other machines. "
                + "X-Api-Key: KEY does the same.",
        };
        (document.Security ??= []).Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Name, document)] = [] });
        return Task.CompletedTask;
    }
}
