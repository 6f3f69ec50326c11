namespace TorchSharp.Utils;

/// <summary>The name under which a module's field is registered, where it is not the field's own name.</summary>
[AttributeUsage(AttributeTargets.Field)]
public class ComponentNameAttribute : Attribute
{
    public string Name { get; set; } = "";
}
