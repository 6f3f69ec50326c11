namespace CaptionTL.Training.Plans;

/// <summary>The learning rate as a function of the step alone, so that a resumed phase needs no scheduler state.</summary>
public static class LearningRates
{
    private const double OneCycleStart = 1 / 25.0;
    private const double OneCycleEnd = OneCycleStart / 1e4;

    /// <summary>The rate of step <paramref name="step"/> (from 0) of <paramref name="total"/>.</summary>
    public static double At(TrainingPhase phase, long step, long total)
    {
        var rising = phase.WarmUp * total - 1;
        if (step <= rising && rising > 0)
            return phase.LearningRate * (phase.Schedule == LearningRateSchedule.OneCycle
                ? Cosine(OneCycleStart, 1, step / rising)
                : (step + 1) / (rising + 1));
        var falling = total - 1 - Math.Max(0, rising);
        var progress = falling > 0 ? Math.Clamp((step - Math.Max(0, rising)) / falling, 0, 1) : 1;
        return phase.LearningRate * phase.Schedule switch
        {
            LearningRateSchedule.OneCycle => Cosine(1, OneCycleEnd, progress),
            LearningRateSchedule.Cosine => Cosine(1, 0, progress),
            _ => 1,
        };
    }

    private static double Cosine(double from, double to, double progress) => to + (from - to) * (1 + Math.Cos(Math.PI * progress)) / 2;
}
