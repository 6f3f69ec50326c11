using System.Collections.Concurrent;
using System.Reflection;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// The fields of a module type that can hold components (modules, parameters, tensors), most derived type first.
/// Reflection is done once a type.
/// </summary>
internal static class ComponentFields
{
    private static readonly ConcurrentDictionary<Type, (string Name, FieldInfo Field)[]> Cache = new();

    public static (string Name, FieldInfo Field)[] Of(Type module) => Cache.GetOrAdd(module, Find);

    private static (string, FieldInfo)[] Find(Type module)
    {
        var found = new List<(string, FieldInfo)>();
        var seen = new HashSet<string>();
        for (var type = module; type is not null && type != typeof(nn.Module); type = type.BaseType)
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                if (CanHoldComponent(field.FieldType) && seen.Add(field.Name))
                    found.Add((field.ComponentName(), field));
        return [.. found];
    }

    // An interface or object field may hold a module at run time; a number, string or array never does.
    private static bool CanHoldComponent(Type type) =>
        typeof(nn.Module).IsAssignableFrom(type) || typeof(Tensor).IsAssignableFrom(type) || type.IsInterface || type == typeof(object);
}
