namespace CaptionTL.Service.Serving;

/// <summary>The models that can be asked.</summary>
public interface IModelCatalog
{
    /// <summary>Every model's version in use.</summary>
    IReadOnlyList<ServedModel> All { get; }

    /// <summary>The model that answers.</summary>
    /// <param name="task">"caption" or "classify".</param>
    /// <param name="name">"bees" (the version in use) or "bees@3"; the task's default when null.</param>
    /// <exception cref="Api.ApiException">There is no such model.</exception>
    ServedModel Find(string task, string? name);
}
