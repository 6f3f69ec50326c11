using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using CaptionTL.Service.Contracts;
using CaptionTL.Training.Plans;

namespace CaptionTL.Web.Components.Pages.Train;

/// <summary>What the visitor wants trained.</summary>
public sealed class TrainForm
{
    private TransferPlan _preset = PlanPresets.All[0].Plan;

    [Required(ErrorMessage = "Choose a data set.")]
    public string? Data { get; set; }

    /// <summary>Name of a preset.</summary>
    public string PlanName { get; private set; } = PlanPresets.All[0].Name;

    [Required(ErrorMessage = "Choose a network.")]
    public string Backbone { get; set; } = PlanPresets.All[0].Plan.Backbone;

    /// <summary>The block whose output the head reads; the network's last one when null.</summary>
    public string? Layer { get; set; }

    /// <summary>Name of the model that is made; the data set's when empty.</summary>
    [RegularExpression("[a-z0-9][a-z0-9._-]{0,63}", ErrorMessage = "Lower-case letters, digits, . _ and -; at most 64.")]
    public string? Model { get; set; }

    /// <summary>Use the new version at once.</summary>
    public bool Promote { get; set; } = true;

    public List<PhaseForm> Phases { get; private set; } = [];

    private string? NameOrNull => string.IsNullOrWhiteSpace(Model) ? null : Model;

    /// <summary>The plan with what was changed, for the drawing.</summary>
    public TransferPlan Plan =>
        _preset with { Backbone = Backbone, Layer = Layer, Phases = [.. _preset.Phases.Zip(Phases, (phase, form) => form.Over(phase))] };

    public void Choose(string planName)
    {
        (PlanName, _preset) = (planName, PlanPresets.Find(planName));
        Layer = _preset.Layer;
        Phases = [.. _preset.Phases.Select(phase => new PhaseForm(phase))];
    }

    /// <summary>All plans for this kind of images within half an hour, classes also on parts of the images.</summary>
    public JobRequest ToRace(string task) => new()
    {
        Kind = JobKind.Race,
        Data = Data!,
        Model = NameOrNull,
        LearningCurve = task == "classify",
        Promote = Promote,
    };

    public JobRequest ToRequest()
    {
        var changes = new List<string>();
        if (Backbone != _preset.Backbone) changes.Add($"backbone={Backbone}");
        if (Layer != _preset.Layer) changes.Add($"layer={Layer ?? "null"}");
        for (var i = 0; i < Phases.Count; i++)
            foreach (var (name, value) in Phases[i].Changes(_preset.Phases[i]))
                changes.Add(string.Create(CultureInfo.InvariantCulture, $"phases[{i}].{name}={value}"));
        return new JobRequest
        {
            Kind = JobKind.Train,
            Data = Data!,
            Model = NameOrNull,
            Plan = JsonSerializer.SerializeToElement(PlanName),
            Set = changes.Count > 0 ? changes : null,
            Promote = Promote,
        };
    }
}
