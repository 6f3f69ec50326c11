namespace TorchSharp;

public enum Reduce
{
    prod = 0,
    mean = 1,
    amax = 2,
    amin = 3,
}
