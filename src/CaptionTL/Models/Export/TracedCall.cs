namespace CaptionTL.Models.Export;

/// <summary>One operator of a traced computation.</summary>
/// <param name="Operator">libtorch's name without the underscore of those that work in place, with the overload behind a point: mean.dim.</param>
/// <param name="Arguments">
/// In the order of libtorch's schema: <see cref="TracedValue"/> and arrays of it, long, double, bool, long[], string; null for none. Those
/// at the end that have their usual value may be missing.
/// </param>
/// <param name="Results">What comes out.</param>
internal sealed record TracedCall(string Operator, IReadOnlyList<object?> Arguments, IReadOnlyList<TracedValue> Results)
{
    public TracedValue Result => Results[0];

    public TracedValue Input(int position) => Arguments[position] as TracedValue ?? throw new InvalidOperationException($"argument {position} of {Operator} is no tensor");

    public TracedValue? OptionalInput(int position) => Arguments.ElementAtOrDefault(position) as TracedValue;

    public long[] Integers(int position, params long[] usual) => Arguments.ElementAtOrDefault(position) switch
    {
        long[] { Length: > 0 } values => values,
        long value => [value],
        _ => usual,
    };

    public long Integer(int position, long usual = 0) => Arguments.ElementAtOrDefault(position) is long value ? value : usual;

    public bool Flag(int position, bool usual = false) => Arguments.ElementAtOrDefault(position) is { } value ? value is true or 1L : usual;

    public double Number(int position, double usual = 0) => Arguments.ElementAtOrDefault(position) switch
    {
        double value => value,
        long value => value,
        _ => usual,
    };

    /// <summary>A dimension, counted from the start.</summary>
    public int Dimension(int position, long usual = 0) => Dimension(Integer(position, usual));

    public int Dimension(long dimension) => (int)(dimension < 0 ? dimension + Input(0).Rank : dimension);
}
