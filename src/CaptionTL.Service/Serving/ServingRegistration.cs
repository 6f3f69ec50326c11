using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CaptionTL.Service.Serving;

/// <summary>Pictures in, captions and classes out.</summary>
internal static class ServingRegistration
{
    public static void AddServing(this IHostApplicationBuilder builder) { }

    public static void MapServing(this WebApplication app) { }
}
