using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using CaptionTL.Service.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Security;

/// <summary>
/// Makes the owner of an API key the request's user. The key is sent as Authorization: Bearer, as X-Api-Key, or as the cookie of the
/// sign-in page.
/// </summary>
internal sealed class ApiKeyAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers,
    UrlEncoder encoder, ApiKeyStore keys) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "ApiKey";

    /// <summary>Claim type of a scope that the key has.</summary>
    public const string ScopeClaim = "scope";

    /// <summary>Cookie of a browser that signed in.</summary>
    public const string Cookie = "captiontl-key";

    /// <summary>What the request presents as its key; null where it presents none.</summary>
    public static string? KeyOf(HttpRequest request)
    {
        if (request.Headers["X-Api-Key"].ToString() is { Length: > 0 } header) return header;
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return authorization["Bearer ".Length..].Trim();
        return request.Cookies[Cookie];
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (KeyOf(Request) is not { } text) return AuthenticateResult.NoResult();
        if (await keys.FindAsync(text, Context.RequestAborted) is not { } key) return AuthenticateResult.Fail("The API key is unknown.");
        var identity = new ClaimsIdentity(
            [new(ClaimTypes.Name, key.Name), new(ClaimTypes.NameIdentifier, key.Prefix),
                .. key.Scopes.Split(',').Select(scope => new Claim(ScopeClaim, scope))],
            SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    /// <summary>No valid key came with the request: browsers are sent to the sign-in page, programs get a problem.</summary>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (HttpMethods.IsGet(Request.Method)
            && Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            Response.Redirect($"/sign-in?to={Uri.EscapeDataString(Request.Path + Request.QueryString)}");
            return Task.CompletedTask;
        }
        // Set when the answer begins, since the exception handler clears headers that were set before.
        Response.OnStarting(() =>
        {
            Response.Headers.WWWAuthenticate = "Bearer";
            return Task.CompletedTask;
        });
        throw KeyOf(Request) is null ? KeyRefused.Missing() : KeyRefused.Unknown();
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var scope = Context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>()?.Policy ?? ApiScope.Train;
        throw KeyRefused.Lacks(scope);
    }
}

/// <summary>Why a caller may not do something.</summary>
internal static class KeyRefused
{
    public static ApiException Missing() => new(401, "key_missing", "An API key is needed here.",
        "Send it as Authorization: Bearer KEY or X-Api-Key: KEY; captiontl keys create makes one.");

    public static ApiException Unknown() =>
        new(401, "key_unknown", "This API key is unknown or revoked.", "captiontl keys list shows the known keys.");

    public static ApiException Lacks(string scope) => new(403, "scope_missing", $"This key lacks the scope '{scope}'.",
        $"Make a key that has it: captiontl keys create --name NAME --scopes {scope}.");
}

/// <summary>What a policy asks for: a key with the scope, where keys are required at all.</summary>
/// <param name="Scope">One of <see cref="ApiScope"/>.</param>
internal sealed record ScopeRequirement(string Scope) : IAuthorizationRequirement;

/// <summary>Decides whether a request, or the visitor of a page, meets a <see cref="ScopeRequirement"/>.</summary>
internal sealed class ScopeAuthorization(KeyRequirement keys) : AuthorizationHandler<ScopeRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (IsAllowed(context.User, context.Resource as HttpContext, requirement.Scope)) context.Succeed(requirement);
        return Task.CompletedTask;
    }

    private bool IsAllowed(ClaimsPrincipal user, HttpContext? request, string scope)
    {
        if (request is not null && request.GetEndpoint() is null) return true; // nothing to protect: the answer is 404
        if (user.Identity is { IsAuthenticated: true })
            return user.HasClaim(c => c.Type == ApiKeyAuthentication.ScopeClaim && (c.Value == scope || c.Value == ApiScope.Admin));
        return !keys.IsRequired && (request is null || !SendsWrongKey(request));
    }

    // A wrong key is refused even where none is required, so that its owner learns of it; a cookie may be left over from another day.
    private static bool SendsWrongKey(HttpContext request) =>
        ApiKeyAuthentication.KeyOf(request.Request) is not null && !request.Request.Cookies.ContainsKey(ApiKeyAuthentication.Cookie);
}

/// <summary>Whether keys are required: where the service can be reached from other machines, or where the settings say so.</summary>
internal sealed class KeyRequirement(IOptions<SecurityOptions> options, IServer server, IHostApplicationLifetime lifetime)
{
    private IReadOnlyList<string>? _offHost;

    public bool IsRequired => options.Value.RequireKeys || OffHost.Count > 0;

    /// <summary>Addresses listened on that other machines can reach; remembered as soon as all are bound.</summary>
    public IReadOnlyList<string> OffHost
    {
        get
        {
            if (_offHost is { } known) return known;
            IReadOnlyList<string> found =
                [.. (server.Features.Get<IServerAddressesFeature>()?.Addresses.ToArray() ?? []).Where(a => !IsLocal(a))];
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
