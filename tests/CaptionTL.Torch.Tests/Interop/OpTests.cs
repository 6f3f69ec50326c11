using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace CaptionTL.Torch.Tests.Interop;

public class OpTests
{
    [Fact]
    public void Find_EveryOperatorOfTheEngine_IsInThisLibtorch()
    {
        const BindingFlags Static = BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly;
        var operators = typeof(torch).Assembly.GetTypes().Where(t => !t.ContainsGenericParameters).SelectMany(t => t.GetFields(Static))
            .Where(f => f.FieldType == typeof(Op)).Select(f => (Op)f.GetValue(null)!).ToList();
        var missing = operators.Where(op =>
        {
            try
            {
                op.Find();
                return false;
            }
            catch (ExternalException)
            {
                return true;
            }
        });
        missing.Select(op => op.ToString()).ShouldBeEmpty();
        operators.Count.ShouldBeGreaterThan(400);
    }

    [Fact]
    public void Call_UnknownOperator_NamesItAndTheVersion()
    {
        using var x = ones(2);
        Should.Throw<ExternalException>(() => new Op("no_such_thing", "Tensor").Call(x)).Message.ShouldBe($"this libtorch ({__version__}) has no operator aten::no_such_thing with overload 'Tensor'");
    }

    [Fact]
    public void Call_TooManyOrTooFewArguments_ShowsTheSchema()
    {
        using var x = ones(2);
        Should.Throw<ExternalException>(() => new Op("relu").Call(x, 1, 2)).Message.ShouldContain("aten::relu(Tensor self) -> Tensor was given 3 arguments");
        Should.Throw<ExternalException>(() => new Op("add", "Tensor").Call(x)).Message.ShouldContain("argument 1 is missing");
    }

    [Fact]
    public void Call_DefaultsInTheMiddleAndAtTheEnd_AreTheSchemas()
    {
        using var scope = NewDisposeScope();
        var x = arange(4, ScalarType.Float32).reshape(2, 2);
        new Op("sum", "dim_IntList").Call(x, 1, Value.Default, ScalarType.Float64).dtype.ShouldBe(ScalarType.Float64);
        new Op("add", "Tensor").Call(x, x).Equals(x * 2).ShouldBeTrue();
    }

    [Fact]
    public void Call_OneNumberForAFixedSizeList_StandsForAll()
    {
        using var scope = NewDisposeScope();
        var pooled = new Op("avg_pool2d").Call(ones(1, 1, 4, 6), 2);
        pooled.shape.ShouldBe([1L, 1, 2, 3]);
    }

    [Fact]
    public void Call_ListsOfEveryKind_Arrive()
    {
        using var scope = NewDisposeScope();
        var x = arange(12, ScalarType.Float32).reshape(3, 4);
        var (mean, deviation) = new Op("std_mean", "dim").Call2(x, new long[] { 0, 1 }, true, false);
        mean.ToSingle().ShouldBe(3.6055512f, 1e-5);
        deviation.ToSingle().ShouldBe(5.5f);
        new Op("upsample_nearest2d", "vec").Call(ones(1, 1, 2, 2), null as long[], new[] { 2.0, 3.0 }).shape.ShouldBe([1L, 1, 4, 6]);
        new Op("index", "Tensor").Call(x, new Tensor?[] { null, tensor(new[] { 0L, 3L }) }).shape.ShouldBe([3L, 2]);
        new Op("cat").Call(Enumerable.Repeat(x, 300).ToArray(), 0).shape.ShouldBe([900L, 4]);
    }

    [Fact]
    public void CallList_ManyResults_GivesThemAll()
    {
        using var scope = NewDisposeScope();
        var parts = arange(1000).unbind();
        parts.Length.ShouldBe(1000);
        parts[999].ToInt64().ShouldBe(999);
    }

    [Fact]
    public void Call_DisposedTensor_SaysSo()
    {
        var x = ones(2);
        x.Dispose();
        Should.Throw<InvalidOperationException>(() => x.relu()).Message.ShouldBe("Tensor invalid -- empty handle.");
    }

    [Fact]
    public void Call_ComplexScalarAndDevice_Arrive()
    {
        using var scope = NewDisposeScope();
        var z = full([2], new System.Numerics.Complex(1, -2), ScalarType.ComplexFloat64, new Device("cpu"));
        z.imag.data<double>().ToArray().ShouldBe([-2.0, -2.0]);
        z.sum().ToScalar().ToComplexFloat64().ShouldBe(new System.Numerics.Complex(2, -4));
    }
}
