using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A row of the weight (num_embeddings, embedding_dims) for every index: (…) to (…, embedding_dims). Starts as N(0, 1).</summary>
public sealed class Embedding : nn.Module<Tensor, Tensor>
{
    private readonly long? _paddingIndex;
    private readonly double? _maxNorm;
    private readonly double _normType;
    private readonly bool _scaleGradByFreq;
    private readonly bool _sparse;
    [ComponentName(Name = nameof(weight))] private Parameter? _weight;

    internal Embedding(Parameter weight, long? padding_idx, double? max_norm, double norm_type, bool scale_grad_by_freq, bool sparse) : base(nameof(Embedding))
    {
        var rows = weight.shape[0];
        if (padding_idx < -rows || padding_idx >= rows)
            throw new ArgumentException($"padding_idx ({padding_idx}) must lie within the {rows} embeddings.", nameof(padding_idx));
        _paddingIndex = padding_idx < 0 ? padding_idx + rows : padding_idx;
        _maxNorm = max_norm;
        _normType = norm_type;
        _scaleGradByFreq = scale_grad_by_freq;
        _sparse = sparse;
        this.weight = weight;
    }

    public Parameter? weight
    {
        get => _weight;
        set => SetParameter(ref _weight, nameof(weight), value);
    }

    /// <summary>A new table, N(0, 1) with zeros in the row of the padding index.</summary>
    internal static Parameter NewTable(long rows, long columns, long? padding_idx, Device? device, ScalarType? dtype)
    {
        var table = new Parameter(empty([rows, columns], dtype: dtype, device: device));
        nn.init.normal_(table);
        if (padding_idx is not { } row) return table;
        using var gradientsOff = no_grad();
        using var padding = table[row < 0 ? row + rows : row];
        padding.zero_();
        return table;
    }

    public override Tensor forward(Tensor input)
    {
        if (_maxNorm is { } limit)
        {
            using var gradientsOff = no_grad();
            Aten.embedding_renorm_.Run(weight, input, limit, _normType);
        }
        return Aten.embedding.Call(weight, input, _paddingIndex ?? -1, _scaleGradByFreq, _sparse);
    }
}
