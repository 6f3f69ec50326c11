using System.Buffers.Binary;

namespace CaptionTL.Images;

/// <summary>
/// Whether a JPEG without an end marker holds every bit of every coefficient. Its Huffman codes are followed to the last block of every
/// scan, but nothing is dequantized or transformed: slower than decoding, for the rare file that needs it.
/// </summary>
/// <remarks>ITU-T T.81, annexes F (sequential) and G (progressive).</remarks>
internal ref struct JpegCompleteness
{
    private const int Coefficients = 64;

    private sealed record Huffman(byte[] Counts, byte[] Symbols);

    private sealed class Component
    {
        public required byte Id { get; init; }
        public required int Across { get; init; }
        public required int Down { get; init; }

        /// <summary>Blocks a row and rows, whole units of all components (MCUs) counted.</summary>
        public int Columns { get; set; }
        public int Rows { get; set; }

        /// <summary>Which coefficients of each block are not zero so far: a refining scan has a bit for each of them.</summary>
        public ulong[] NonZero { get; set; } = [];

        /// <summary>How many of each coefficient's lowest bits are still to come; 255: all.</summary>
        public byte[] BitsMissing { get; } = [.. Enumerable.Repeat((byte)255, Coefficients)];
        public Huffman? Dc { get; set; }
        public Huffman? Ac { get; set; }
    }

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly Huffman?[] _tables = new Huffman?[8];
    private Component[] _components = [];
    private int _at, _width, _height, _restartInterval;
    private bool _progressive;

    // Of the scan that is being followed.
    private int _bits, _bitCount, _runOfEmptyBlocks;

    private JpegCompleteness(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _at = 2;
    }

    /// <summary>False where bits run out, where a code does not exist, and for kinds of JPEG that are not read anyway.</summary>
    public static bool AllPixelsAreThere(ReadOnlySpan<byte> bytes) => new JpegCompleteness(bytes).Follow();

    private bool Follow()
    {
        while (JpegFile.NextMarker(_bytes, ref _at) is { } marker)
        {
            if (_at + 2 > _bytes.Length) break;
            var length = BinaryPrimitives.ReadUInt16BigEndian(_bytes[_at..]);
            if (length < 2 || _at + length > _bytes.Length) break;
            var data = _bytes.Slice(_at + 2, length - 2);
            _at += length;
            var good = marker switch
            {
                0xC0 or 0xC1 or 0xC2 => StartFrame(data, marker),
                0xC4 => ReadTables(data),
                0xDD => data.Length == 2 && (_restartInterval = BinaryPrimitives.ReadUInt16BigEndian(data)) >= 0,
                0xDA => FollowScan(data),
                _ => !JpegFile.IsFrame(marker),
            };
            if (!good) return false;
        }
        return _components.Length > 0 && _components.All(c => c.BitsMissing.All(bits => bits == 0));
    }

    private bool StartFrame(ReadOnlySpan<byte> data, byte marker)
    {
        if (_components.Length > 0 || data.Length < 6 || data[5] is 0 or > 4 || data.Length < 6 + data[5] * 3) return false;
        _progressive = marker == 0xC2;
        (_height, _width) = (BinaryPrimitives.ReadUInt16BigEndian(data[1..]), BinaryPrimitives.ReadUInt16BigEndian(data[3..]));
        var components = new Component[data[5]];
        for (var i = 0; i < components.Length; i++)
        {
            var (id, factors) = (data[6 + i * 3], data[7 + i * 3]);
            if ((factors >> 4) is 0 or > 4 || (factors & 15) is 0 or > 4) return false;
            components[i] = new Component { Id = id, Across = factors >> 4, Down = factors & 15 };
        }
        var (across, down) = Units(components);
        foreach (var c in components)
        {
            (c.Columns, c.Rows) = (across * c.Across, down * c.Down);
            if (_progressive) c.NonZero = new ulong[c.Columns * c.Rows];
        }
        _components = components;
        return _width > 0 && _height > 0;
    }

    /// <summary>Units (MCUs) across and down: eight pixels times the largest sampling factor each.</summary>
    private readonly (int Across, int Down) Units(Component[] components) =>
        (Up(_width, 8 * components.Max(c => c.Across)), Up(_height, 8 * components.Max(c => c.Down)));

    private static int Up(int length, int unit) => (length + unit - 1) / unit;

    private readonly bool ReadTables(ReadOnlySpan<byte> data)
    {
        while (data.Length >= 17)
        {
            var (slot, counts) = (((data[0] >> 4) * 4) + (data[0] & 15), data.Slice(1, 16).ToArray());
            var symbols = counts.Sum(c => c);
            if (data[0] >> 4 > 1 || (data[0] & 15) > 3 || data.Length < 17 + symbols) return false;
            _tables[slot] = new Huffman(counts, data.Slice(17, symbols).ToArray());
            data = data[(17 + symbols)..];
        }
        return data.IsEmpty;
    }

    private bool FollowScan(ReadOnlySpan<byte> data)
    {
        if (data.Length < 1 || data[0] is 0 or > 4 || data.Length < 4 + data[0] * 2) return false;
        var inScan = new Component[data[0]];
        for (var i = 0; i < inScan.Length; i++)
        {
            var (id, tables) = (data[1 + i * 2], data[2 + i * 2]);
            if (Array.Find(_components, c => c.Id == id) is not { } component || (tables >> 4) > 3 || (tables & 15) > 3) return false;
            (component.Dc, component.Ac, inScan[i]) = (_tables[tables >> 4], _tables[4 + (tables & 15)], component);
        }
        var spectrum = data[(1 + inScan.Length * 2)..];
        var (first, last, had, left) = _progressive
            ? (spectrum[0], spectrum[1], spectrum[2] >> 4, spectrum[2] & 15)
            : (0, Coefficients - 1, 0, 0);
        if (first > last || last >= Coefficients) return false;
        if ((_progressive && first == 0 && last > 0) || (first > 0 && inScan.Length > 1)) return false;
        (_bitCount, _runOfEmptyBlocks) = (0, 0);
        var (columns, rows) = inScan.Length > 1 ? Units(_components) : OwnBlocks(inScan[0]);
        for (int unit = 0, units = columns * rows; unit < units; unit++)
        {
            if (_restartInterval > 0 && unit > 0 && unit % _restartInterval == 0 && !Restart()) return false;
            foreach (var c in inScan)
            {
                var (x, y) = inScan.Length > 1 ? (unit % columns * c.Across, unit / columns * c.Down) : (unit % columns, unit / columns);
                for (var block = 0; block < (inScan.Length > 1 ? c.Across * c.Down : 1); block++)
                {
                    var index = (y + block / c.Across) * c.Columns + x + block % c.Across;
                    if (!(_progressive ? FollowProgressive(c, index, first, last, had, left) : FollowSequential(c))) return false;
                }
            }
        }
        foreach (var c in inScan) c.BitsMissing.AsSpan(first, last - first + 1).Fill((byte)left);
        return true;
    }

    /// <summary>A scan of one component has its blocks alone, without those that only fill up the last units.</summary>
    private readonly (int Columns, int Rows) OwnBlocks(Component c) =>
        (Up(Up(_width * c.Across, _components.Max(o => o.Across)), 8), Up(Up(_height * c.Down, _components.Max(o => o.Down)), 8));

    private bool FollowSequential(Component c)
    {
        if (!Symbol(c.Dc, out var size) || !Skip(size)) return false;
        for (var k = 1; k < Coefficients; k++)
        {
            if (!Symbol(c.Ac, out var symbol)) return false;
            var (run, bits) = (symbol >> 4, symbol & 15);
            if (bits == 0 && run < 15) break;
            k += run;
            if (!Skip(bits)) return false;
        }
        return true;
    }

    private bool FollowProgressive(Component c, int block, int first, int last, int had, int left)
    {
        if (first == 0) return had > 0 ? Skip(1) : Symbol(c.Dc, out var size) && Skip(size);
        ref var nonZero = ref c.NonZero[block];
        return had > 0 ? FollowRefinement(c.Ac, ref nonZero, first, last) : FollowFirst(c.Ac, ref nonZero, first, last);
    }

    private bool FollowFirst(Huffman? table, ref ulong nonZero, int first, int last)
    {
        if (_runOfEmptyBlocks > 0)
        {
            _runOfEmptyBlocks--;
            return true;
        }
        for (var k = first; k <= last; k++)
        {
            if (!Symbol(table, out var symbol)) return false;
            var (run, bits) = (symbol >> 4, symbol & 15);
            if (bits == 0 && run < 15)
            {
                if (!Run(run)) return false;
                _runOfEmptyBlocks--;
                return true;
            }
            k += run;
            if (!Skip(bits)) return false;
            if (bits > 0 && k < Coefficients) nonZero |= 1UL << k;
        }
        return true;
    }

    /// <summary>Known coefficients have a bit each, in passing; new ones are 1 or −1 and stand behind a run of zeros.</summary>
    private bool FollowRefinement(Huffman? table, ref ulong nonZero, int first, int last)
    {
        var k = first;
        for (; _runOfEmptyBlocks == 0 && k <= last; k++)
        {
            if (!Symbol(table, out var symbol)) return false;
            var (run, bits) = (symbol >> 4, symbol & 15);
            if (bits == 0 && run < 15)
            {
                if (!Run(run)) return false;
                break;
            }
            if (!Skip(bits > 0 ? 1 : 0)) return false;
            for (; k <= last; k++)
            {
                if ((nonZero >> k & 1) != 0)
                {
                    if (!Skip(1)) return false;
                }
                else if (run-- == 0) break;
            }
            if (bits > 0 && k <= last) nonZero |= 1UL << k;
        }
        if (_runOfEmptyBlocks == 0) return true;
        for (; k <= last; k++)
            if ((nonZero >> k & 1) != 0 && !Skip(1)) return false;
        _runOfEmptyBlocks--;
        return true;
    }

    /// <summary>2^run blocks and as many as the next bits say have nothing more in this band, this one included.</summary>
    private bool Run(int run)
    {
        if (!Bits(run, out var more)) return false;
        _runOfEmptyBlocks = (1 << run) + more;
        return true;
    }

    /// <summary>To behind a restart marker, which must come next.</summary>
    private bool Restart()
    {
        (_bitCount, _runOfEmptyBlocks) = (0, 0);
        while (_at + 1 < _bytes.Length && _bytes[_at] == 0xFF && _bytes[_at + 1] == 0xFF) _at++;
        if (_at + 1 >= _bytes.Length || _bytes[_at] != 0xFF || _bytes[_at + 1] is not (>= 0xD0 and <= 0xD7)) return false;
        _at += 2;
        return true;
    }

    private bool Symbol(Huffman? table, out int symbol)
    {
        symbol = 0;
        if (table is null) return false;
        var (code, firstCode, firstIndex) = (0, 0, 0);
        foreach (int count in table.Counts)
        {
            if (!Bit(out var bit)) return false;
            code = code << 1 | bit;
            firstCode <<= 1;
            if (code - firstCode < count)
            {
                symbol = table.Symbols[firstIndex + code - firstCode];
                return true;
            }
            (firstCode, firstIndex) = (firstCode + count, firstIndex + count);
        }
        return false;
    }

    private bool Skip(int count) => Bits(count, out _);

    private bool Bits(int count, out int value)
    {
        value = 0;
        for (var i = 0; i < count; i++)
        {
            if (!Bit(out var bit)) return false;
            value = value << 1 | bit;
        }
        return true;
    }

    /// <summary>Stops at a marker; 0xFF 0x00 is the byte 0xFF.</summary>
    private bool Bit(out int bit)
    {
        bit = 0;
        if (_bitCount == 0)
        {
            if (_at >= _bytes.Length) return false;
            _bits = _bytes[_at];
            if (_bits == 0xFF)
            {
                if (_at + 1 >= _bytes.Length || _bytes[_at + 1] != 0) return false;
                _at++;
            }
            _at++;
            _bitCount = 8;
        }
        bit = _bits >> --_bitCount & 1;
        return true;
    }
}
