using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Filling and drawing from distributions; without a generator, from the device's default one.
    public partial class Tensor
    {
        private static readonly Op
            op_bernoulli = new("bernoulli"), op_bernoulli__Tensor = new("bernoulli_", "Tensor"), op_bernoulli__float = new("bernoulli_", "float"),
            op_exponential_ = new("exponential_"), op_geometric_ = new("geometric_"), op_log_normal_ = new("log_normal_"), op_multinomial = new("multinomial"),
            op_normal_ = new("normal_"), op_poisson = new("poisson"), op_random__from = new("random_", "from"), op_uniform_ = new("uniform_");

        public Tensor bernoulli(Generator? generator = null) => op_bernoulli.Call(this, generator);
        public Tensor bernoulli_(Tensor p, Generator? generator = null) => op_bernoulli__Tensor.InPlace(this, p, generator);
        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => op_bernoulli__float.InPlace(this, p, generator);
        public Tensor uniform_(double from, double to, Generator? generator = null) => op_uniform_.InPlace(this, from, to, generator);
        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) => op_normal_.InPlace(this, mean, std, generator);
        public Tensor random_(double from, double to, Generator? generator = null) => op_random__from.InPlace(this, (long)from, (long)to, generator);
        public Tensor exponential_(double lambda = 1, Generator? generator = null) => op_exponential_.InPlace(this, lambda, generator);
        public Tensor geometric_(double p, Generator? generator = null) => op_geometric_.InPlace(this, p, generator);
        public Tensor log_normal_(double mean = 0, double std = 1, Generator? generator = null) => op_log_normal_.InPlace(this, mean, std, generator);
        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) => op_multinomial.Call(this, num_samples, replacement, generator);
        public Tensor poisson(Generator? generator = null) => op_poisson.Call(this, generator);
    }
}
