using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CaptionTL.Datasets;
using CaptionTL.IO;
using CaptionTL.Service.Api;
using CaptionTL.Service.Contracts;
using CaptionTL.Service.DataSets;
using CaptionTL.Service.Registry;
using CaptionTL.Training;
using CaptionTL.Training.Plans;
using CaptionTL.Weights;
using Microsoft.Extensions.Options;

namespace CaptionTL.Service.Jobs;

/// <summary>
/// From a request to a row of the jobs table: everything that can be wrong with it is found now, not when its turn comes.
/// </summary>
internal sealed class JobPlanning(DataSetStore dataSets, ModelRegistry models)
{
    private const double MostMinutes = 100_000;

    /// <exception cref="ApiException">The request makes no sense; the message says why.</exception>
    /// <exception cref="CaptionTLException">The same for a plan, a data set or a model.</exception>
    public JobRecord Plan(JobRequest request, string? by, long? again = null)
    {
        Check(request);
        var data = request.Data.Contains('@', StringComparison.Ordinal) ? request.Data
            : FormattableString.Invariant($"{request.Data}@{dataSets.VersionOf(request.Data)}");
        var path = dataSets.PathOf(data);
        var (planName, plan) = request.Kind is JobKind.Train or JobKind.Embed ? Resolve(request, path) : (null, null);
        if (request.Kind == JobKind.Race) request = request with { Plans = RacePlans(request, path) };
        return new JobRecord
        {
            Kind = request.Kind,
            State = JobState.Queued,
            Priority = request.Priority ?? 0,
            By = by,
            Data = data,
            Model = Model(request, path),
            PlanName = planName,
            Plan = plan is null ? null : JsonSerializer.Serialize(plan, Json.Compact),
            Request = JsonSerializer.Serialize(request, Json.Compact),
            Again = again,
        };
    }

    /// <summary>The request of a job that is to be repeated, with the changes.</summary>
    public static JobRequest Again(JobRecord job, JobChanges changes)
    {
        var request = JsonNode.Parse(job.Request)!.AsObject();
        // The earlier changes of a plan are in the resolved plan, and further ones add to them.
        if (job.Plan is not null && (job.PlanName is null || changes.Plan is not null || changes.Set is not null))
        {
            request["plan"] = JsonNode.Parse(job.Plan);
            request.Remove("set");
        }
        foreach (var (name, value) in JsonSerializer.SerializeToNode(changes, Json.Compact)!.AsObject())
            request[name] = value?.DeepClone();
        return request.Deserialize<JobRequest>(Json.Compact)!;
    }

    private static void Check(JobRequest request)
    {
        if (!Enum.IsDefined(request.Kind)) throw ApiException.Invalid($"There are no jobs of kind {request.Kind}.");
        if (string.IsNullOrWhiteSpace(request.Data))
            throw ApiException.Invalid("The data set is missing.", "\"data\" names it; GET /api/v1/datasets lists the data sets.");
        if (request.Priority is < -100 or > 100)
            throw ApiException.Invalid($"The priority is {request.Priority}; it must be from -100 to 100.");
        if (request.Minutes is not (null or (> 0 and <= MostMinutes)))
            throw ApiException.Invalid(string.Create(CultureInfo.InvariantCulture,
                $"The time of a race is {request.Minutes} minutes; it must be above 0 and at most {MostMinutes}."));
        if (request.Split is { } split && split != "all" && SplitNames.Parse(split) is null)
            throw ApiException.Invalid($"The split is '{split}'; it must be train, dev, test or all.");
        if (request.Beam is < 1 or > 64) throw ApiException.Invalid($"The beam is {request.Beam}; it must be from 1 to 64.");
        if (request.Best is < 1 or > 64) throw ApiException.Invalid($"'best' is {request.Best}; it must be from 1 to 64.");
        if (request.Best > request.Beam)
            throw ApiException.Invalid($"'best' is {request.Best}; it must be at most the beam, {request.Beam}.",
                "Leave the beam out: it is then as wide as needed.");
        Only(request, request.Plan is not null, "plan", JobKind.Train, JobKind.Embed);
        Only(request, request.Set is not null, "set", JobKind.Train, JobKind.Embed);
        Only(request, request.Plans is not null, "plans", JobKind.Race);
        Only(request, request.Minutes is not null, "minutes", JobKind.Race);
        Only(request, request.LearningCurve is not null, "learningCurve", JobKind.Race);
        Only(request, request.Split is not null, "split", JobKind.Evaluate);
        Only(request, request.Beam is not null, "beam", JobKind.Evaluate, JobKind.Caption);
        Only(request, request.Best is not null, "best", JobKind.Caption);
        Only(request, request.Promote is not null, "promote", JobKind.Train, JobKind.Race);
    }

    private static void Only(JobRequest request, bool given, string name, params JobKind[] kinds)
    {
        if (given && !kinds.Contains(request.Kind))
            throw ApiException.Invalid($"Jobs of kind '{EnumNames.Of(request.Kind)}' have no setting '{name}'.",
                $"Leave it out; it is for jobs of kind {string.Join(" and ", kinds.Select(k => EnumNames.Of(k)))}.");
    }

    private static (string? Name, TransferPlan Plan) Resolve(JobRequest request, string path)
    {
        var task = new Lazy<string>(() => TaskOf(path)); // a plan for embeddings alone fits any data
        var (name, plan) = request.Plan switch
        {
            null => Named(PlanPresets.DefaultFor(task.Value)),
            { ValueKind: JsonValueKind.String } named => Named(named.GetString()!),
            { ValueKind: JsonValueKind.Object } whole => (null, PlanFile.Parse(whole.GetRawText(), "The plan")),
            _ => throw ApiException.Invalid("The plan must be a name or an object.", "For instance \"plan\": \"features+logistic\"."),
        };
        plan = PlanFile.With(plan, request.Set ?? []).Validated();
        Backbones.BackboneRegistry.FindWeights(plan.Backbone);
        if (request.Kind == JobKind.Train) MustFit(name is null ? "The plan" : $"The plan '{name}'", plan.Head.Task, task.Value);
        return (name, plan);
    }

    private static (string?, TransferPlan) Named(string name) => (name, PlanPresets.Find(name));

    private static IReadOnlyList<string> RacePlans(JobRequest request, string path)
    {
        var task = TaskOf(path);
        var names = request.Plans is { Count: > 0 } chosen ? chosen
            : [.. PlanPresets.All.Where(p => p.Plan.Head.Task == task).Select(p => p.Name)];
        foreach (var name in names) MustFit($"The plan '{name}'", PlanPresets.Find(name).Head.Task, task);
        return names.Distinct().Count() == names.Count ? names : throw ApiException.Invalid("A plan is named twice.");
    }

    // The name of the model that is made; or the model that is asked, pinned to its present version, so that an interrupted job continues
    // with the same one.
    private string? Model(JobRequest request, string path)
    {
        switch (request.Kind)
        {
            case JobKind.Train or JobKind.Race:
                return ModelName.Check(request.Model ?? request.Data.Split('@')[0]);
            case JobKind.Evaluate or JobKind.Caption:
                var model = request.Model is { } name ? models.Find(name) : request.Kind == JobKind.Caption ? models.Find("caption", null)
                    : throw ApiException.Invalid("The model is missing.", "\"model\" names the model to be scored.");
                if (request.Kind == JobKind.Evaluate) MustFit($"The model '{model.Name}'", model.Task, TaskOf(path));
                return FormattableString.Invariant($"{model.Name}@{model.Version}");
            default:
                return request.Model is null ? null : throw ApiException.Invalid("Jobs of kind 'embed' have no setting 'model'.",
                    "Leave it out; the plan names the network.");
        }
    }

    private static void MustFit(string what, string task, string wanted)
    {
        if (task != wanted)
            throw ApiException.Invalid($"{what} is not for this data, which has {(wanted == "caption" ? "captions" : "classes")}.");
    }

    private static string TaskOf(string path) => DatasetReader.Open(path).Task;
}

/// <summary>What train jobs would cost, measured on this machine as it is now; one measurement at a time.</summary>
internal sealed class JobQuotes(JobPlanning planning, DataSetStore dataSets, IOptions<ServiceOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <exception cref="ApiException">The request makes no sense; the message says why.</exception>
    /// <exception cref="CaptionTLException">The same for its plan or its data.</exception>
    public async Task<CostQuote> MeasureAsync(JobRequest request, CancellationToken cancellation)
    {
        if (request.Kind != JobKind.Train) throw ApiException.Invalid("Only jobs of kind 'train' have a quote.");
        var job = planning.Plan(request, by: null);
        var plan = JsonSerializer.Deserialize<TransferPlan>(job.Plan!, Json.Compact)!;
        await _turn.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => CostQuoter.Measure(plan, dataSets.PathOf(job.Data), new WeightStore(), options.Value.Embeddings,
                options.Value.Precision, cancellation: cancellation), cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
