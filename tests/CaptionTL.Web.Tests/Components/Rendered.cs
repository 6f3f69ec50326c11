using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CaptionTL.Web.Tests.Components;

/// <summary>A component as HTML, made without a browser.</summary>
internal static partial class Rendered
{
    public static async Task<string> HtmlAsync<T>(params (string Name, object? Value)[] parameters) where T : IComponent
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(parameters.ToDictionary(p => p.Name, p => p.Value)))).ToHtmlString());
    }

    /// <summary>What a reader sees of it, words separated by single spaces.</summary>
    public static async Task<string> TextAsync<T>(params (string Name, object? Value)[] parameters) where T : IComponent =>
        Spaces().Replace(WebUtility.HtmlDecode(Tags().Replace(await HtmlAsync<T>(parameters), " ")), " ").Trim();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
