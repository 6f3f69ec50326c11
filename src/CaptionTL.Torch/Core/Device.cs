using System.Globalization;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Where a tensor's memory is: "cpu", "cuda", "cuda:0".</summary>
    public class Device
    {
        public Device(string description)
        {
            ArgumentNullException.ThrowIfNull(description);
            var parts = description.Split(':');
            type = Parse(parts[0]);
            if (parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) index = number;
            else if (parts.Length != 1) throw new ArgumentException($"'{description}' is not a device: write cpu, cuda or cuda:0", nameof(description));
        }

        public Device(string deviceType, int index = -1) => (type, this.index) = (Parse(deviceType), index);

        public Device(DeviceType deviceType, int index = -1) => (type, this.index) = (deviceType, index);

        public Device(int index) => (type, this.index) = (DeviceType.CUDA, index);

        public DeviceType type { get; }

        /// <summary>Which of several; -1 is the current one.</summary>
        public int index { get; } = -1;

        public static implicit operator Device(string description) => new(description);

        public override string ToString()
        {
            var name = type.ToString().ToLowerInvariant();
            return type == DeviceType.CPU || index == -1 ? name : $"{name}:{index}";
        }

        private static DeviceType Parse(string name) =>
            Enum.TryParse<DeviceType>(name, ignoreCase: true, out var found) && Enum.IsDefined(found)
                ? found
                : throw new ArgumentException($"'{name}' is not a kind of device: write cpu or cuda", nameof(name));
    }

    public static readonly Device CPU = new(DeviceType.CPU);
    public static readonly Device META = new(DeviceType.META);

    /// <exception cref="InvalidOperationException">This libtorch sees no CUDA device.</exception>
    public static Device CUDA => InitializeDevice(new Device(DeviceType.CUDA));

    private static Device default_device = CPU;

    public static Device get_default_device() => default_device;
    public static void set_default_device(Device device) => default_device = InitializeDevice(device);
    public static void set_default_device(string device) => set_default_device(new Device(device));

    public static Device device(string description) => InitializeDevice(new Device(description));
    public static Device device(string deviceType, int index = -1) => InitializeDevice(new Device(deviceType, index));
    public static Device device(DeviceType deviceType, int index = -1) => InitializeDevice(new Device(deviceType, index));
    public static Device device(int index) => new(DeviceType.CUDA, index);

    /// <summary>The device itself, or the default one for null.</summary>
    /// <exception cref="InvalidOperationException">This libtorch cannot use such a device.</exception>
    public static Device InitializeDevice(Device? device)
    {
        device ??= default_device;
        InitializeDeviceType(device.type);
        return device;
    }

    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
            throw new InvalidOperationException($"Torch device type {deviceType} is not available: this libtorch ({__version__}) finds no such device on this machine.");
    }

    public static bool TryInitializeDeviceType(DeviceType deviceType) =>
        deviceType is DeviceType.CPU or DeviceType.META || DeviceCount(deviceType) > 0;

    public static bool cuda_is_available() => cuda.is_available();
    public static bool mps_is_available() => DeviceCount(DeviceType.MPS) > 0;

    internal static unsafe int DeviceCount(DeviceType type)
    {
        int count;
        Native.Check(NativeMethods.ct_device_count((int)type, &count));
        return count;
    }

    public static partial class cuda
    {
        public static bool is_available() => DeviceCount(DeviceType.CUDA) > 0;

        public static int device_count() => DeviceCount(DeviceType.CUDA);

        /// <summary>Waits until the device has done all that was queued on its current stream.</summary>
        public static void synchronize(Device? device = null) => Native.Check(NativeMethods.ct_synchronize((int)DeviceType.CUDA, device?.index ?? -1));

        /// <summary>Ignored where there is no CUDA device.</summary>
        public static void manual_seed(long seed)
        {
            if (is_available()) using (var generator = Generator.DefaultOf(new Device(DeviceType.CUDA))) generator.manual_seed(seed);
        }

        /// <summary>Ignored where there is no CUDA device.</summary>
        public static void manual_seed_all(long seed)
        {
            for (var k = 0; k < device_count(); k++)
                using (var generator = Generator.DefaultOf(new Device(DeviceType.CUDA, k))) generator.manual_seed(seed);
        }
    }
}
