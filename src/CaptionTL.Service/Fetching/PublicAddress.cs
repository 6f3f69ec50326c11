using System.Net;
using System.Net.Sockets;

namespace CaptionTL.Service.Fetching;

/// <summary>Which addresses belong to the public internet (IANA's special-purpose registries, RFC 6890 and what came after).</summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] SpecialV4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
                "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "168.63.129.16/32", // within a public range, but the inside of Azure's machines
        }.Select(n => IPNetwork.Parse(n)),
    ];

    /// <summary>All that is given out to networks; the rest of IPv6 is special or nobody's.</summary>
    private static readonly IPNetwork GlobalV6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] SpecialV6 =
    [
        .. new[]
        {
            "2001::/23",     // protocol assignments: Teredo, benchmarking, ORCHID
            "2001:db8::/32", // documentation
            "2002::/16",     // 6to4: an IPv4 address in another dress
            "3fff::/20",     // documentation
        }.Select(n => IPNetwork.Parse(n)),
    ];

    /// <summary>NAT64's well-known prefix: networks without IPv4 reach it this way, so the IPv4 address within counts.</summary>
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetwork) return !SpecialV4.Any(n => n.Contains(address));
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.ScopeId != 0) return false;
        if (Nat64.Contains(address)) return IsPublic(new IPAddress(address.GetAddressBytes().AsSpan(12)));
        return GlobalV6.Contains(address) && !SpecialV6.Any(n => n.Contains(address)) && !IsTunnelEnd(address);
    }

    /// <summary>ISATAP (RFC 5214): the last 64 bits are 0000:5efe or 0200:5efe and an IPv4 address.</summary>
    private static bool IsTunnelEnd(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return (bytes[8] & 0xFD) == 0 && bytes[9] == 0 && bytes[10] == 0x5E && bytes[11] == 0xFE;
    }
}
