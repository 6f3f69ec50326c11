using CaptionTL.Tests;
using TorchSharp;

namespace CaptionTL.Torch.Tests;

/// <summary>The kinds of types, their base classes and interfaces, as on TorchSharp's list; <see cref="PublicApiTests"/> sees to their members.</summary>
public class ApiSurfaceTests
{
    [Fact]
    public void PublicTypes_KindBaseAndInterfaces_AreOnTorchSharpsList()
    {
        var listed = Listed();
        var wrong = new List<string>();
        foreach (var type in typeof(torch).Assembly.GetTypes().Where(PublicApiTests.IsVisible))
        {
            if (typeof(Delegate).IsAssignableFrom(type)) continue;
            var name = PublicApiTests.Name(type);
            if (!listed.TryGetValue(name, out var theirs))
            {
                wrong.Add($"{name} is not on the list");
                continue;
            }
            if (Kind(type) != theirs.Kind) wrong.Add($"{name} is a {Kind(type)}, on the list a {theirs.Kind}");
            if (Base(type) is { } parent && !theirs.Bases.Contains(parent)) wrong.Add($"{name} derives from {parent}, on the list from {string.Join(", ", theirs.Bases)}");
            if (type.IsEnum) continue;
            foreach (var contract in type.GetInterfaces().Where(i => i.IsVisible).Select(PublicApiTests.Name).Where(i => !theirs.Bases.Contains(i)))
                wrong.Add($"{name} implements {contract}, which the list's does not");
        }
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Listed_SequentialsDeclaration_IsReadAsItStandsThere()
    {
        var (kind, bases) = Listed()["TorchSharp.Modules.Sequential"];
        kind.ShouldBe("class");
        bases.ShouldContain("TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>");
        bases.ShouldContain("System.IDisposable");
    }

    private static Dictionary<string, (string Kind, HashSet<string> Bases)> Listed()
    {
        string[] kinds = ["class", "struct", "interface", "enum"];
        var types = new Dictionary<string, (string, HashSet<string>)>();
        foreach (var line in File.ReadLines(Goldens.File("torchsharp_api_0.107.txt")))
        {
            var parts = line.Split(" | ", 2);
            var declaration = parts[1].Split(" : ", 2);
            if (!kinds.Contains(declaration[0].Split(' ')[^1]) || declaration[0].Contains('(', StringComparison.Ordinal)) continue;
            types[parts[0]] = (declaration[0], declaration.Length == 1 ? [] : SplitTypes(declaration[1]));
        }
        return types;
    }

    // At commas outside of <>, () and [].
    private static HashSet<string> SplitTypes(string text)
    {
        var found = new HashSet<string>();
        var (depth, start) = (0, 0);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] is '<' or '(' or '[') depth++;
            else if (i < text.Length && text[i] is '>' or ')' or ']') depth--;
            else if (i == text.Length || text[i] == ',' && depth == 0)
            {
                found.Add(text[start..i].Trim());
                start = i + 1;
            }
        }
        return found;
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "enum"
        : type.IsInterface ? "interface"
        : type.IsValueType ? "struct"
        : type is { IsAbstract: true, IsSealed: true } ? "static class"
        : (type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") + "class";

    private static string? Base(Type type) =>
        type.BaseType is null || type.BaseType == typeof(object) || type.IsValueType ? null : PublicApiTests.Name(type.BaseType);
}
