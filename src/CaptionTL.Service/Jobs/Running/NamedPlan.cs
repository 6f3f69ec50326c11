using CaptionTL.Training.Plans;

namespace CaptionTL.Service.Jobs.Running;

/// <summary>A plan of a race.</summary>
internal sealed record NamedPlan(string Name, TransferPlan Plan);
