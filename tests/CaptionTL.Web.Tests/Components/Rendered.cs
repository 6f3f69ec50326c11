using System.Text.RegularExpressions;
using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace CaptionTL.Web.Tests.Components;

internal static partial class Rendered
{
    /// <summary>What a reader sees of a component, words separated by single spaces.</summary>
    public static string Text<T>(this IRenderedComponent<T> component) where T : IComponent =>
        Spaces().Replace(string.Join(' ', component.Nodes.SelectMany(n => n.DescendantsAndSelf<IText>()).Select(t => t.Data)), " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
