using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using CaptionTL.Tests;
using TorchSharp;

namespace CaptionTL.Torch.Tests;

/// <summary>The engine's public face is a subset of TorchSharp's: what compiles against it compiles against the package.</summary>
public class PublicApiTests
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void PublicMembers_AllOfThem_AreOnTorchSharpsList()
    {
        var list = File.ReadAllLines(Goldens.File("torchsharp_api_0.107.txt")).ToHashSet(StringComparer.Ordinal);
        var types = list.Select(line => line.Split(" | ")[0]).ToHashSet(StringComparer.Ordinal);
        var unknown = new List<string>();
        var checkedMembers = 0;
        foreach (var type in typeof(torch).Assembly.GetTypes().Where(IsVisible))
        {
            var name = Name(type);
            if (!types.Contains(name)) unknown.Add(name);
            foreach (var line in Members(type))
            {
                checkedMembers++;
                if (!list.Contains($"{name} | {line}")) unknown.Add($"{name} | {line}");
            }
        }
        unknown.ShouldBeEmpty();
        checkedMembers.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void Describe_ListedShapesOfMembers_ReadsAsTheListDoes()
    {
        Members(typeof(torch.Tensor)).ShouldContain("TorchSharp.torch.Tensor this[params TorchSharp.torch.TensorIndex[] indices] { get; set; }");
        Members(typeof(torch.Tensor)).ShouldContain("(TorchSharp.torch.Tensor, TorchSharp.torch.Tensor) max(long dim, bool keepdim = false)");
        Members(typeof(torch)).ShouldContain("static readonly TorchSharp.torch.Device CPU");
    }

    private static IEnumerable<string> Members(Type type)
    {
        foreach (var field in type.GetFields(Own).Where(f => IsOpen(f.Attributes & FieldAttributes.FieldAccessMask)))
        {
            if (field.IsSpecialName) continue;
            if (type.IsEnum) yield return $"{field.Name} = {Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}";
            else yield return Access(field.IsFamily) + (field.IsLiteral ? "const " : (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "")) + $"{Name(field.FieldType)} {field.Name}";
        }
        if (type.IsEnum || typeof(Delegate).IsAssignableFrom(type)) yield break;
        foreach (var constructor in type.GetConstructors(Own).Where(IsOpen))
            if (!constructor.IsStatic) yield return $"{Access(constructor.IsFamily || constructor.IsFamilyOrAssembly)}new({Parameters(constructor.GetParameters())})";
        foreach (var property in type.GetProperties(Own))
        {
            var get = property.GetMethod is { } g && IsOpen(g) ? g : null;
            var set = property.SetMethod is { } s && IsOpen(s) ? s : null;
            if ((get ?? set) is not { } accessor) continue;
            var index = property.GetIndexParameters();
            var name = index.Length > 0 ? $"this[{Parameters(index)}]" : property.Name;
            yield return $"{Access(accessor.IsFamily)}{Modifiers(accessor)}{Name(property.PropertyType)} {name} {{ {(get is null ? "" : "get; ")}{(set is null ? "" : set.IsFamily && !accessor.IsFamily ? "protected set; " : "set; ")}}}";
        }
        foreach (var method in type.GetMethods(Own).Where(IsOpen))
        {
            if (method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal)) continue;
            if (type.IsValueType && method.GetBaseDefinition().DeclaringType != type && method.Name is "Finalize") continue;
            var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";
            var extension = method.IsDefined(typeof(ExtensionAttribute), false) ? "this " : "";
            yield return $"{Access(method.IsFamily || method.IsFamilyOrAssembly)}{Modifiers(method)}{Name(method.ReturnType)} {method.Name}{generic}({extension}{Parameters(method.GetParameters())})";
        }
    }

    internal static bool IsVisible(Type type) =>
        type.IsNested ? (type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(type.DeclaringType!) : type.IsPublic;

    private static bool IsOpen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsOpen(FieldAttributes access) => access is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;

    private static string Access(bool isProtected) => isProtected ? "protected " : "";

    private static string Modifiers(MethodInfo m) =>
        m.IsStatic ? "static "
        : m.IsAbstract ? "abstract "
        : m.GetBaseDefinition() != m ? m.IsFinal ? "sealed override " : "override "
        : m.IsVirtual && !m.IsFinal ? "virtual " : "";

    private static string Parameters(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(p =>
    {
        var type = p.ParameterType;
        var how = p.IsDefined(typeof(ParamArrayAttribute), false) || p.IsDefined(typeof(ParamCollectionAttribute), false) ? "params "
            : !type.IsByRef ? "" : p.IsOut ? "out " : p.IsIn ? "in " : "ref ";
        return $"{how}{Name(type.IsByRef ? type.GetElementType()! : type)} {p.Name}{(p.HasDefaultValue ? " = " + Literal(p) : "")}";
    }));

    private static string Literal(ParameterInfo parameter) => parameter.RawDefaultValue switch
    {
        null => parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null ? "default" : "null",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short", [typeof(ushort)] = "ushort",
        [typeof(int)] = "int", [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double",
        [typeof(char)] = "char", [typeof(string)] = "string", [typeof(object)] = "object", [typeof(decimal)] = "decimal",
    };

    internal static string Name(Type type)
    {
        if (Keywords.TryGetValue(type, out var keyword)) return keyword;
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (type.IsPointer) return Name(type.GetElementType()!) + "*";
        if (type.IsGenericParameter) return type.Name;
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Name(underlying) + "?";
        var arguments = type.GetGenericArguments();
        if (type is { IsGenericType: true, Namespace: "System" } && type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal)) return $"({string.Join(", ", arguments.Select(Name))})";
        var outer = type.DeclaringType is { } declaring ? Name(declaring) + "." : type.Namespace is { Length: > 0 } space ? space + "." : "";
        var inherited = type.DeclaringType?.GetGenericArguments().Length ?? 0;
        var own = arguments.Skip(inherited).ToArray();
        var plain = type.Name.Split('`')[0];
        return outer + plain + (own.Length > 0 ? $"<{string.Join(", ", own.Select(Name))}>" : "");
    }
}
