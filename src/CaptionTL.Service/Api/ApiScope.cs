namespace CaptionTL.Service.Api;

/// <summary>What a key must allow for an endpoint, where keys are asked for.</summary>
/// <param name="Name">One of the constants.</param>
public sealed record ApiScope(string Name)
{
    /// <summary>Ask the models.</summary>
    public const string Caption = "caption";

    /// <summary>Data sets, jobs, runs.</summary>
    public const string Train = "train";

    /// <summary>Models, keys.</summary>
    public const string Admin = "admin";
}
