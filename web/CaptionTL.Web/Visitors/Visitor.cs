using System.Security.Claims;
using CaptionTL.Service.Api;
using CaptionTL.Service.Security;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;

namespace CaptionTL.Web.Visitors;

/// <summary>
/// Whose page this is. Everything that pages do with the service's classes goes through here, so that the policies of the API hold for
/// them too, a revoked key is refused at once, and failures say the same.
/// </summary>
internal sealed partial class Visitor(AuthenticationStateProvider authentication, IAuthorizationService policies, ApiKeyStore keys,
    ILogger<Visitor> logger)
{
    public async Task<bool> IsSignedInAsync() => (await UserAsync()).Identity is { IsAuthenticated: true };

    /// <summary>Does something that takes a scope, away from the thread on which the page is rendered.</summary>
    /// <param name="scope">Of <see cref="ApiScope"/>.</param>
    /// <param name="what">Is given the name of the visitor's key; null where no keys are used.</param>
    /// <exception cref="ApiException">The visitor may not do it, or it failed.</exception>
    public async Task<T> DoAsync<T>(string scope, Func<string?, Task<T>> what)
    {
        try
        {
            var user = await UserAsync();
            await CheckAsync(user, scope);
            return await Task.Run(() => what(user.Identity?.Name));
        }
        catch (Exception e) when (e is not (ApiException or OperationCanceledException))
        {
            var problem = ApiProblems.Translate(e);
            if (problem.Status >= 500) Failed(logger, e);
            throw problem;
        }
    }

    /// <inheritdoc cref="DoAsync{T}"/>
    public Task DoAsync(string scope, Func<string?, Task> what) => DoAsync(scope, async by =>
    {
        await what(by);
        return true;
    });

    private async Task CheckAsync(ClaimsPrincipal user, string scope)
    {
        var prefix = user.FindFirstValue(ClaimTypes.NameIdentifier);
        if (prefix is not null && !await keys.UseAsync(prefix)) throw KeyRefused.Unknown();
        if ((await policies.AuthorizeAsync(user, resource: null, scope)).Succeeded) return;
        throw prefix is null ? KeyRefused.Missing() : KeyRefused.Lacks(scope);
    }

    private async Task<ClaimsPrincipal> UserAsync() => (await authentication.GetAuthenticationStateAsync()).User;

    [LoggerMessage(Level = LogLevel.Error, Message = "Something that a page asked for failed")]
    private static partial void Failed(ILogger logger, Exception exception);
}

internal static class VisitorRegistration
{
    public static void AddVisitors(this IServiceCollection services) => services.AddScoped<Visitor>().AddScoped<VisitorJobs>()
        .AddScoped<VisitorRuns>().AddScoped<VisitorDataSets>().AddScoped<VisitorImages>().AddScoped<VisitorModels>()
        .AddScoped<VisitorSystem>();
}
